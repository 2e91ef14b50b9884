"""A topology from what a real account has, so that its go-live, or its next change, can be rehearsed.

    reading.py    what `aws directconnect describe-...` printed -> the account's records
    account.py    the account itself, asked with boto3: read-only calls
    records.py    the records: the members of AWS's answers that matter here, and no others
    selection.py  records, the user's choice -> the virtual interfaces to rehearse, and why not the others
    ports.py      connections and LAGs -> cables, routers, devices at their locations
    gateways.py   what virtual interfaces lead to -> what the topology has to declare and to order
    peers.py      a virtual interface's peers -> members of requests, assigned addresses, keys or variables
    document.py   all of that -> `Document`, a topology as data
    writing.py    a document -> the file's text, with the remarks; topology.yml.j2 is its layout
    names.py      names that a topology takes, none of them twice

Everything from records to text is a function of its inputs. What cannot be kept is never dropped in silence: it
becomes a remark, and the remarks stand at the top of the file.

The members are those of botocore's service model `directconnect` 2012-10-25; members that older answers lack
(`bgpPeers`, `asnLong`, `amazonSideAsn`) are made up for from those that they have.
"""

from lab.clone.account import ask
from lab.clone.document import Document, Style, document
from lab.clone.reading import read
from lab.clone.records import Records
from lab.clone.selection import Choice, select
from lab.clone.writing import text

__all__ = ["Choice", "Document", "Records", "Style", "ask", "document", "read", "select", "text"]
