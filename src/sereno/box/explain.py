"""What people read about each setting: in `.env.example`, and when a value is refused."""

from __future__ import annotations

from dataclasses import dataclass

from sereno.base.errors import Words


@dataclass(frozen=True, slots=True)
class Explained:
    """`text` says what it is and why one would set it; `must_be` completes "… must be …"."""

    text: str
    default: str
    example: str
    must_be: Words


DATA = Explained(
    text="The folder that holds everything: database, footage, secrets, logs. Footage needs a "
    "large disk; uninstalling is deleting this folder.",
    default="/var/lib/sereno for root, ~/.local/share/sereno for anybody else",
    example="/srv/sereno",
    must_be=Words("a folder", "una carpeta"),
)
PORT = Explained(
    text="The one open port, for people, programs and nodes alike.",
    default="8080",
    example="8443",
    must_be=Words("a whole number from 1 to 65535", "un número entero de 1 a 65535"),
)
LISTEN = Explained(
    text="The address of this machine to listen on. Any other than a loopback address is served "
    "by HTTPS; 0.0.0.0 is every IPv4 address, :: every address.",
    default="127.0.0.1, this machine only",
    example="0.0.0.0",  # noqa: S104  only an example
    must_be=Words(
        "an IP address or a name of this machine", "una dirección IP o un nombre de esta máquina"
    ),
)
ALLOWED_HOSTS = Explained(
    text="Names under which browsers reach this box, separated by commas. Requests for any other "
    "name are refused.",
    default="the loopback names when listening on a loopback address, else any name",
    example="sereno.example.org,192.168.1.20",
    must_be=Words("host names separated by commas", "nombres de host separados por comas"),
)
DATABASE_URL = Explained(
    text="A PostgreSQL of your own (15 or later) instead of the built-in one, for those who "
    "already run and back one up.",
    default="none: the built-in PostgreSQL, in the data folder",
    example="postgresql://sereno:password@db.example.org:5432/sereno",
    must_be=Words(
        "a PostgreSQL address such as postgresql://user:password@host:5432/name",
        "una dirección de PostgreSQL como postgresql://usuario:clave@host:5432/nombre",
    ),
)
TIME_ZONE = Explained(
    text="The time zone of this box's own site and of the times typed into commands.",
    default="the zone of this machine",
    example="America/Guatemala",
    must_be=Words(
        "a time zone such as Europe/Madrid or America/Bogota",
        "una zona horaria como Europe/Madrid o America/Bogota",
    ),
)
LOG_LEVEL = Explained(
    text="How much is written to the logs folder.",
    default="info",
    example="debug",
    must_be=Words(
        "one of debug, info, warning, error", "uno de estos: debug, info, warning, error"
    ),
)
TLS_CERT = Explained(
    text="Certificate chain for HTTPS (PEM), together with SERENO_TLS_KEY.",
    default="a self-signed certificate that Sereno makes and renews",
    example="/etc/ssl/sereno/fullchain.pem",
    must_be=Words("a file that can be read", "un archivo que se pueda leer"),
)
TLS_KEY = Explained(
    text="Private key for SERENO_TLS_CERT (PEM).",
    default="the key of the self-signed certificate",
    example="/etc/ssl/sereno/privkey.pem",
    must_be=TLS_CERT.must_be,
)
FERNET_KEY = Explained(
    text="The key that encrypts the passwords of cameras in the database. FERNET_KEY is read too. "
    "Make one with:\n"
    "  python -c 'from cryptography.fernet import Fernet as F; print(F.generate_key().decode())'\n"
    "To rotate, put the new key first and keep the old one after a comma.\n"
    "Keep a copy away from this machine; `sereno backup` holds one. When the key is lost, users "
    "and recordings remain, but the password of every camera must be entered again.",
    default="a key made at the first start, in secrets/fernet.key of the data folder",
    example="the-44-characters-that-the-command-printed",
    must_be=Words(
        "one or more Fernet keys (44 characters each) separated by commas",
        "una o más claves Fernet (44 caracteres cada una) separadas por comas",
    ),
)
HUB_URL = Explained(
    text="For a node on a machine of its own: the address of its hub.",
    default="none: the hub of this box",
    example="https://sereno.example.org:8080",
    must_be=Words(
        "a web address such as https://sereno.example.org:8080",
        "una dirección web como https://sereno.example.org:8080",
    ),
)
HUB_CA = Explained(
    text="For a node on a machine of its own: the certificate (PEM) by which it knows a hub whose "
    "certificate is self-signed.",
    default="none: the usual authorities",
    example="/etc/sereno/hub.crt",
    must_be=TLS_CERT.must_be,
)
VOLUMES = Explained(
    text="Folders for footage in order of preference, separated by commas, each on a disk of its "
    "own. Recordings go to the first that is there and has room. A size after = limits what "
    "footage may take there. Each must exist and be empty the first time.",
    default="the folder footage of the data folder",
    example="/mnt/disk1/sereno,/mnt/disk2/sereno=4TB",
    must_be=Words(
        "absolute folders separated by commas, each perhaps with =size, such as /mnt/a=2TB",
        "carpetas absolutas separadas por comas, cada una quizá con =tamaño, como /mnt/a=2TB",
    ),
)
FOOTAGE_LIMIT = Explained(
    text="What all footage of this node may take together; the oldest is removed beyond it.",
    default="none: what the disks hold",
    example="6TB",
    must_be=Words("a size such as 500GB or 2TiB", "un tamaño como 500GB o 2TiB"),
)
VOLUME_RESERVE = Explained(
    text="Space that is kept free on each volume; the oldest footage is removed to keep it.",
    default="1 GiB, or 2 % of a smaller disk",
    example="20GB",
    must_be=FOOTAGE_LIMIT.must_be,
)
CAMERA_CA = Explained(
    text="Certificates (PEM) of whoever signed the cameras' own, for cameras reached over TLS "
    "(rtsps, https); trusted besides the usual authorities.",
    default="none: the usual authorities",
    example="/etc/sereno/cameras.crt",
    must_be=TLS_CERT.must_be,
)
FFMPEG = Explained(
    text="The ffmpeg for streams that Sereno's own engine cannot record; version 5 or later.",
    default="the one that was installed with Sereno",
    example="/usr/bin/ffmpeg",
    must_be=TLS_CERT.must_be,
)
RELAYS_PER_NODE = Explained(
    text="How many views and files at once each node on a machine of its own may carry over its "
    "connection to this one. Lower it for sites with a thin line.",
    default="64",
    example="8",
    must_be=Words("a whole number from 1 to 1000", "un número entero de 1 a 1000"),
)
WHEP_SESSIONS = Explained(
    text="How many may watch by WebRTC (WHEP) at once on this node. Each costs some of its "
    "processor, more than the ordinary live view does; 0 switches it off.",
    default="16",
    example="40",
    must_be=Words("a whole number from 0 to 200", "un número entero de 0 a 200"),
)
ICE_SERVERS = Explained(
    text="STUN and TURN servers for WebRTC, separated by commas: needed only where viewers "
    "cannot reach this node's own addresses. The first of each kind is used; players are told all.",
    default="none",
    example="stun:stun.example.org:3478,turn:turn.example.org:3478?transport=udp",
    must_be=Words(
        "addresses such as stun:host:3478 or turn:host:3478, separated by commas",
        "direcciones como stun:host:3478 o turn:host:3478, separadas por comas",
    ),
)
ICE_USERNAME = Explained(
    text="The name at the TURN server.",
    default="none",
    example="sereno",
    must_be=Words("plain characters without accents", "caracteres simples sin acentos"),
)
ICE_CREDENTIAL = Explained(
    text="The password at the TURN server. Whoever may watch live is told it: players need it.",
    default="none",
    example="a-long-random-password",
    must_be=ICE_USERNAME.must_be,
)
ICE_PUBLIC_ADDRESS = Explained(
    text="The public address under which a router passes this node's UDP ports on "
    "(SERENO_ICE_PORTS), where the machine itself has a private one.",
    default="none",
    example="203.0.113.7",
    must_be=Words("an IP address", "una dirección IP"),
)
ICE_PORTS = Explained(
    text="The UDP ports that WebRTC uses on this node, for a firewall or router that must know; "
    "one for each viewer and address of the machine.",
    default="any free port",
    example="40000-40100",
    must_be=Words(
        "a range within 1024-65535 such as 40000-40100",
        "un rango dentro de 1024-65535 como 40000-40100",
    ),
)
ALARM_AFTER = Explained(
    text="For how many seconds a camera must not be recorded, although it should be, before there "
    "is an alarm.",
    default="30",
    example="120",
    must_be=Words("a whole number from 5 to 86400", "un número entero de 5 a 86400"),
)
ENROLMENT_CODE = Explained(
    text="For a node on a machine of its own: the one-time code that the hub gave for it. "
    "Needed once; remove it afterwards.",
    default="none",
    example="R7KM-2QXD-9TFA",
    must_be=Words("the code that the hub gave", "el código que dio la central"),
)
