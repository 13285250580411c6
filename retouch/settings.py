"""What a user may set once: flags win over environment (`RETOUCH_…`), over the TOML file, over these defaults."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tomllib import TOMLDecodeError

from platformdirs import user_config_path
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from retouch.errors import UsageError

CONFIG_FILE = user_config_path("retouch") / "retouch.toml"


class Settings(BaseSettings):
    """All settings; only `orchestrator` and `interfaces` read them, parts get their options handed in."""

    model_config = SettingsConfigDict(env_prefix="RETOUCH_", toml_file=CONFIG_FILE, extra="ignore", frozen=True)

    max_pixels: int = Field(default=200_000_000, gt=0)
    """A larger picture is refused before it is decoded."""
    corpus: Path | None = None
    """A folder of a person's own reference texts (UTF-8, one work a file)."""
    project: Path | None = None
    """The project file used where none is named."""
    attempts: int = Field(default=6, ge=1)
    """Tries of one step before it is left unfixed."""
    author: str = "agent"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


@cache
def load() -> Settings:
    """The settings of this process, read once; UsageError names the one that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        raise UsageError(
            f"setting {name} is {first['input']!r}: {first['msg']}",
            hint=f"look at the variable RETOUCH_{name.upper()} and at {CONFIG_FILE}",
        ) from error
    except TOMLDecodeError as error:
        raise UsageError(f"settings file {CONFIG_FILE} is no valid TOML: {error}") from error
