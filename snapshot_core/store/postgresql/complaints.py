"""What is wrong with a PostgreSQL database, where, and what to do."""

import re
from typing import Final

import psycopg
from sqlalchemy import URL

from snapshot_core.errors import SET_UP

# A connection that fails has no SQLSTATE in the client's library, only the server's words.
_WORDS_OF_STATES: Final = {
    "3D000": re.compile(r'database "[^"]*" does not exist'),
    "28P01": re.compile(
        r'password authentication failed|no password supplied|role "[^"]*" does not exist'
    ),
    "28000": re.compile(r"no pg_hba.conf entry|authentication failed|not permitted to log in"),
    "53300": re.compile(
        r"too many (?:clients|connections)|remaining connection slots|sorry, too many"
    ),
    "57P03": re.compile(
        r"starting up|shutting down|recovery mode|not (?:yet )?accepting connections"
    ),
}


def state_of(error: BaseException) -> str:
    """The SQLSTATE of a driver's error, also of a failed connection; "" where there is none."""
    if state := getattr(error, "sqlstate", None):
        return str(state)
    if isinstance(error, psycopg.OperationalError):
        for state, words in _WORDS_OF_STATES.items():
            if words.search(str(error)):
                return state
    return ""


def postgresql_complaint(error: BaseException, url: URL) -> str | None:
    """None where it is a fault of the program, such as a wrong statement."""
    state, text = state_of(error), str(error).strip().splitlines()[0]
    text = text.rpartition("FATAL: ")[2].strip()
    where = f"the database {url.database} on {_server(url)}"
    remedies = {
        "42P01": f"{where} has no tables yet. Run: {SET_UP}",
        "42703": f"the tables of {where} are of an older version. Run: {SET_UP}",
        "42501": f"{where} refuses this user ({text}). Grant what is missing.",
        "3D000": f"there is no database {url.database} on {_server(url)}. Create it, or name "
        "another in DATABASE_URL.",
        "28P01": f"{_server(url)} refuses the user {url.username} ({text}). Check the name and the "
        "password in DATABASE_URL.",
        "28000": f"{_server(url)} refuses the user {url.username} ({text}). Allow it in "
        "pg_hba.conf, or check DATABASE_URL.",
        "53100": f"there is no room left on the disk of {_server(url)}. Free some, then try again.",
        "53200": f"{_server(url)} has no memory left. Give it more, or stop something, then try "
        "again.",
        "53300": f"{_server(url)} has all its connections in use. Try again in a minute, or raise "
        "max_connections.",
        "25006": f"{where} can be read, and nothing can be written: it is a standby, or set to "
        "read only. Name the primary in DATABASE_URL, or make it writable.",
        "57014": f"{where} takes too long to answer. Try again in a minute.",
        "55P03": f"another process keeps {where} locked. Try again in a minute.",
        "57P03": f"{_server(url)} is starting or stopping. Try again in a minute.",
    }
    remedies |= dict.fromkeys(("57P01", "57P02"), remedies["57P03"])
    remedies |= dict.fromkeys(("40001", "40P01"), remedies["55P03"])
    if state in remedies:
        return remedies[state][0].upper() + remedies[state][1:]
    if state.startswith("53"):
        return f"The server of {where} has too little left of something ({text}). Its log has more."
    if state.startswith(("58", "XX")):
        return f"The server of {where} reports an error ({text}). Look into its log and its disk."
    if state.startswith("08") or (not state and isinstance(error, psycopg.OperationalError)):
        return f"The database cannot be reached ({text}). Check DATABASE_URL and that it runs."
    return None


def _server(url: URL) -> str:
    host = url.host or url.query.get("host") or "this machine"
    return f"the PostgreSQL server on {host if isinstance(host, str) else ', '.join(host)}"
