"""Where Terraform finds the AWS provider: in a mirror on this machine, if it has one.

A machine that builds without the internet keeps providers in a folder laid out as
`registry.terraform.io/hashicorp/aws/<version>/<platform>`. Terraform looks into such folders by itself only
in a few places; for any other it wants a CLI configuration file that names the folder. Whoever has such a
file has decided; for everybody else one is written here. Without a mirror Terraform asks its registry.

https://developer.hashicorp.com/terraform/cli/config/config-file#provider-installation
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

VARIABLE = "TF_CLI_CONFIG_FILE"
PROVIDER = "registry.terraform.io/hashicorp/aws"
#: Patterns of folders in which machines conventionally keep a mirror.
PLACES = (
    "/opt/*",
    "/opt/terraform/*",
    "/usr/share/terraform/*",
    "/usr/local/share/terraform/*",
    str(Path.home() / ".terraform.d/*"),
)

_CONFIGURATION = """provider_installation {{
  filesystem_mirror {{
    path    = "{mirror}"
    include = ["{provider}"]
  }}
  direct {{
    exclude = ["{provider}"]
  }}
}}
"""


def cli_configuration(
    directory: Path, environment: Mapping[str, str], places: Sequence[str] = PLACES
) -> dict[str, str]:
    """The variable that Terraform needs in its environment to find the provider; none where it needs none.

    :param directory: where a configuration file is written if one has to be.
    :param environment: the user's.
    """
    chosen = environment.get(VARIABLE)
    if chosen is not None and Path(chosen).is_file():
        return {VARIABLE: chosen}
    mirror = find_mirror(places)
    if mirror is None or (Path(environment.get("HOME", "/")) / ".terraformrc").is_file():
        return {}
    written = directory / "terraform.rc"
    written.write_text(_CONFIGURATION.format(mirror=mirror, provider=PROVIDER))
    return {VARIABLE: str(written)}


def find_mirror(places: Sequence[str]) -> Path | None:
    """The first folder that fits one of the patterns and holds the provider."""
    for pattern in places:
        base = Path(pattern)
        for folder in sorted(base.parent.glob(base.name)):
            if (folder / PROVIDER).is_dir():
                return folder
    return None
