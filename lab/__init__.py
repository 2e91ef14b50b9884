"""dxlab: an AWS Direct Connect endpoint on one's own machine whose BGP sessions are real."""

__version__ = "0.1.0"
