"""Reasons that lie on the way to a camera."""

from __future__ import annotations

from sereno.base.errors import Words
from sereno.policy.reason_entry import Entry, Retry, Wait

NETWORK_REASONS: dict[str, Entry] = {
    "connecting": Entry(
        Words("Sereno is connecting to the camera.", "Sereno se está conectando con la cámara."),
        Retry.NONE,
    ),
    "waits_its_turn": Entry(
        Words(
            "Other streams of {host} are being connected first, a few at a time.",
            "Primero se conectan otros flujos de {host}, unos pocos a la vez.",
        ),
        Retry.NONE,
        Words("This one follows by itself.", "Este sigue por sí solo."),
    ),
    "name_unknown": Entry(
        Words(
            "The name {host} is not known on this network.",
            "El nombre {host} no se conoce en esta red.",
        ),
        Retry.NETWORK,
        Words("Check the camera's address.", "Revise la dirección de la cámara."),
        Wait.CONNECTION,
    ),
    "unreachable": Entry(
        Words("There is no network path to {host}.", "No hay camino de red hasta {host}."),
        Retry.NETWORK,
        Words("Check the cable, the switch and the VPN.", "Revise el cable, el switch y la VPN."),
        Wait.CONNECTION,
    ),
    "refused": Entry(
        Words(
            "{host} answers, but its video port {port} is closed.",
            "{host} responde, pero su puerto de vídeo {port} está cerrado.",
        ),
        Retry.NETWORK,
        Words(
            "Check the port in the camera's address, and that RTSP is enabled on the camera.",
            "Revise el puerto en la dirección de la cámara, y que RTSP esté activado en ella.",
        ),
    ),
    "timed_out": Entry(
        Words(
            "{host} did not answer within {seconds} s.",
            "{host} no respondió en {seconds} s.",
        ),
        Retry.NETWORK,
        Words(
            "Check its address, and that the camera has power and network.",
            "Revise su dirección, y que la cámara tenga corriente y red.",
        ),
        Wait.CONNECTION,
    ),
    "no_answer": Entry(
        Words(
            "{host} took the connection and then said nothing for {seconds} s.",
            "{host} aceptó la conexión y después no dijo nada durante {seconds} s.",
        ),
        Retry.NETWORK,
        Words(
            "Restart the camera if this lasts; if it is a recorder, see whether it is overloaded.",
            "Reinicie la cámara si continúa; si es un grabador, vea si está sobrecargado.",
        ),
        Wait.ANSWER,
    ),
    "tls_untrusted": Entry(
        Words(
            "The camera's certificate is not trusted.",
            "El certificado de la cámara no es de confianza.",
        ),
        Retry.UNFIT,
        Words(
            "Give the camera a certificate that this site trusts, or use its address without "
            "encryption (rtsp).",
            "Póngale un certificado en el que este sitio confíe, o use su dirección sin cifrado "
            "(rtsp).",
        ),
    ),
    "tls_failed": Entry(
        Words(
            "No encrypted connection to {host} came about.",
            "No se logró una conexión cifrada con {host}.",
        ),
        Retry.UNFIT,
        Words(
            "Check that the port is the camera's encrypted one (rtsps, often 322), and update its "
            "software: TLS older than 1.2 is not used.",
            "Revise que el puerto sea el cifrado de la cámara (rtsps, a menudo 322) y actualice su "
            "software: no se usa TLS anterior a 1.2.",
        ),
        Wait.ANSWER,
    ),
    "packets_lost": Entry(
        Words(
            "Part of the video was lost on the way; recording goes on at the next whole picture "
            "(key frame).",
            "Parte del vídeo se perdió en el camino; la grabación sigue en la próxima imagen "
            "completa (imagen clave).",
        ),
        Retry.NONE,
        Words(
            "Check the network to the camera if this repeats.",
            "Revise la red hasta la cámara si se repite.",
        ),
    ),
}
