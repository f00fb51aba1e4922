"""Reasons that lie with who asks: what a device's own interface says to a password."""

from __future__ import annotations

from sereno.base.errors import Words
from sereno.policy.reason_entry import Entry, Retry

LOGIN_REASONS: dict[str, Entry] = {
    "login_needed": Entry(
        Words(
            "{host} wants a user name and password.",
            "{host} pide usuario y contraseña.",
        ),
        Retry.NEVER,
        Words(
            "Enter those of an account of the device.",
            "Escriba los de una cuenta del dispositivo.",
        ),
    ),
    "login_refused": Entry(
        Words(
            "{host} rejected the user name or password.",
            "{host} rechazó el usuario o la contraseña.",
        ),
        Retry.NEVER,
        Words(
            "Enter user name and password again; until then Sereno does not try, so that the "
            "account is not locked. If they are right, set the device's web authentication to "
            "digest, and enable ISAPI, CGI or ONVIF on it; some devices have users of ONVIF apart.",
            "Escriba de nuevo usuario y contraseña; mientras tanto Sereno no insiste, para no "
            "bloquear la cuenta. Si son correctos, ponga la autenticación web del dispositivo en "
            "digest y active en él ISAPI, CGI u ONVIF; algunos dispositivos tienen aparte los "
            "usuarios de ONVIF.",
        ),
    ),
    "login_clock": Entry(
        Words(
            "{host} does not let us in because its clock and ours differ; it has not looked at the "
            "password.",
            "{host} no permite entrar porque su reloj y el nuestro difieren; no ha mirado la "
            "contraseña.",
        ),
        Retry.NEVER,
        Words(
            "Set the clock, the time zone and summer time (DST) of the device, or a time server "
            "(NTP), then let Sereno try again.",
            "Ponga el reloj, la zona horaria y el horario de verano (DST) del dispositivo, o un "
            "servidor de hora (NTP), y haga que Sereno reintente.",
        ),
    ),
    "login_locked": Entry(
        Words(
            "{host} has locked this account or this machine's address, as it does after wrong "
            "passwords (time left: {wait}).",
            "{host} bloqueó esta cuenta o la dirección de este equipo, como hace tras contraseñas "
            "equivocadas (tiempo restante: {wait}).",
        ),
        Retry.LOCKED,
        Words(
            "Look for a program that asks with an old password; unlock the account on the device "
            "(illegal login lock), or wait until the lock is over.",
            "Busque un programa que pregunte con una contraseña antigua; desbloquee la cuenta en "
            "el dispositivo (bloqueo por acceso ilegal), o espere a que pase el bloqueo.",
        ),
    ),
    "login_spared": Entry(
        Words(
            "{host} would lock this account after {left} more wrong passwords, so Sereno does not "
            "try an unproven one.",
            "{host} bloquearía esta cuenta tras {left} contraseñas equivocadas más, así que Sereno "
            "no prueba una sin confirmar.",
        ),
        Retry.LOCKED,
        Words(
            "Look for a program that asks with an old password, and sign in once on the device's "
            "web page; the count then begins anew.",
            "Busque un programa que pregunte con una contraseña antigua y entre una vez en la "
            "página web del dispositivo; la cuenta empieza entonces de nuevo.",
        ),
    ),
    "login_unanswered": Entry(
        Words(
            "{host} gave no answer each time it was shown the password, as some devices do that "
            "refuse it.",
            "{host} no respondió cada vez que se le mostró la contraseña, como hacen algunos "
            "dispositivos que la rechazan.",
        ),
        Retry.LOCKED,
        Words(
            "Check user name and password on the device's web page, then let Sereno try again.",
            "Revise usuario y contraseña en la página web del dispositivo y haga que Sereno "
            "reintente.",
        ),
    ),
    "login_unsafe": Entry(
        Words(
            "{host} takes the password only unprotected (Basic authentication).",
            "{host} solo acepta la contraseña sin protección (autenticación Basic).",
        ),
        Retry.NEVER,
        Words(
            "Set the device's web authentication to digest, or use HTTPS; if it has neither, the "
            "setting SERENO_BASIC_IN_CLEAR can allow this device.",
            "Ponga la autenticación web del dispositivo en digest, o use HTTPS; si no tiene "
            "ninguna de las dos, la opción SERENO_BASIC_IN_CLEAR puede permitir este dispositivo.",
        ),
    ),
    "login_unknown": Entry(
        Words(
            "{host} asks for the password in a way that Sereno does not know ({schemes}).",
            "{host} pide la contraseña de una forma que Sereno no conoce ({schemes}).",
        ),
        Retry.NEVER,
        Words(
            "Set the device's web authentication to digest (MD5 or SHA-256).",
            "Ponga la autenticación web del dispositivo en digest (MD5 o SHA-256).",
        ),
    ),
    "right_missing": Entry(
        Words(
            "The account may not do this on {host}: {right}.",
            "La cuenta no puede hacer esto en {host}: {right}.",
        ),
        Retry.NEVER,
        Words(
            "Tick that right for the account on the device's user page.",
            "Marque ese permiso para la cuenta en la página de usuarios del dispositivo.",
        ),
    ),
}
