"""The text of DescribeRouterConfiguration.

One template a language, in `templates/`; what they share is in `shared.j2`. AWS's API has no parameter for what not
everybody wants (BFD, address translation on a public virtual interface), and so AWS's texts carry it as comment: so
do these, each part under a sentence that says what it is for. A misspelt name in a template is an error, never an
empty text.
"""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from lab.directconnect.model import VirtualInterface
from lab.directconnect.router_config.facts import facts
from lab.directconnect.router_config.router_types import RouterType


def router_config(vif: VirtualInterface, router: RouterType) -> str:
    """What the customer puts into a router of this type, with a final newline.

    :raises UnquotableKeyError: the router's language has no way to write a key of the virtual interface.
    """
    language = router.language
    template = _templates().get_template(f"{language.template}.j2")
    return template.render(vif=facts(vif, language.quote), router=router, mark=language.comment)


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("lab.directconnect.router_config"),
        undefined=StrictUndefined,
        autoescape=False,  # the texts are no HTML; keys are quoted in `facts`
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
