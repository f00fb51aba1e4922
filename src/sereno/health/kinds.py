"""What can be wrong beside the reasons of streams (`sereno.policy.reasons`), in words; pure."""

from __future__ import annotations

from dataclasses import dataclass

from sereno.base.errors import Words
from sereno.health.facts import Severity


@dataclass(frozen=True, slots=True)
class Kind:
    """How bad it is, what happened, and what to do."""

    severity: Severity
    words: Words
    advice: Words


KINDS: dict[str, Kind] = {
    "node_offline": Kind(
        Severity.CRITICAL,
        Words(
            "Nothing is heard of the node {node}, which runs {cameras}.",
            "No hay noticias del nodo {node}, que atiende {cameras}.",
        ),
        Words(
            "It may be recording all the same. Check its power and the site's connection. "
            "If it is gone for good, revoke it in the back office (/admin/).",
            "Puede que siga grabando. Revise su corriente y la conexión del sitio. "
            "Si ya no existe, revóquelo en la administración (/admin/).",
        ),
    ),
    "spare_node_offline": Kind(
        Severity.SERIOUS,
        Words(
            "Nothing is heard of the node {node}, which runs no camera now.",
            "No hay noticias del nodo {node}, que ahora no atiende ninguna cámara.",
        ),
        Words(
            "Check its power and the site's connection. "
            "If it is gone for good, revoke it in the back office (/admin/).",
            "Revise su corriente y la conexión del sitio. "
            "Si ya no existe, revóquelo en la administración (/admin/).",
        ),
    ),
    "site_network": Kind(
        Severity.CRITICAL,
        Words(
            "None of the {cameras} of the node {node} can be reached.",
            "No se llega a ninguna de las {cameras} del nodo {node}.",
        ),
        Words(
            "Check the switch and the network between that machine and its cameras.",
            "Revise el switch y la red entre ese equipo y sus cámaras.",
        ),
    ),
    "clock_loose": Kind(
        Severity.MINOR,
        Words(
            "Nothing keeps the clock of the node {node} right.",
            "Nada mantiene en hora el reloj del nodo {node}.",
        ),
        Words(
            "Turn on the time service (NTP) on that machine: timedatectl set-ntp true.",
            "Active el servicio de hora (NTP) en ese equipo: timedatectl set-ntp true.",
        ),
    ),
    "node_version": Kind(
        Severity.MINOR,
        Words(
            "The node {node} runs Sereno {version}, and the hub {hub}.",
            "El nodo {node} usa Sereno {version}, y la central {hub}.",
        ),
        Words(
            "Update the older of the two.",
            "Actualice el más antiguo de los dos.",
        ),
    ),
    "backlog": Kind(
        Severity.MINOR,
        Words(
            "The node {node} has {count} reports that the hub has not taken yet.",
            "El nodo {node} tiene {count} informes que la central aún no ha recibido.",
        ),
        Words(
            "Its footage is safe there, but timelines lag behind. "
            "Check the site's connection if the number grows.",
            "Sus grabaciones están a salvo allí, pero las líneas de tiempo se atrasan. "
            "Revise la conexión del sitio si el número crece.",
        ),
    ),
    "room_short": Kind(
        Severity.MINOR,
        Words(
            "The disks of the node {node} hold about {hours} hours of its cameras' footage.",
            "En los discos del nodo {node} caben unas {hours} horas de grabación de sus cámaras.",
        ),
        Words(
            "What is older is removed. Add a disk, raise the limits, or lower the data rates.",
            "Lo más antiguo se borra. Añada un disco, suba los límites o baje los caudales.",
        ),
    ),
    "restarts_often": Kind(
        Severity.MINOR,
        Words(
            "The recording processes of {cameras} of the node {node} start anew again and again.",
            "Los procesos de grabación de {cameras} del nodo {node} se reinician una y otra vez.",
        ),
        Words(
            "Each time costs some seconds of footage. How they ended is on the page System; "
            "more is in the node's log.",
            "Cada vez cuesta unos segundos de grabación. En la página Sistema se ve cómo "
            "terminaron; hay más en el registro del nodo.",
        ),
    ),
    "losses": Kind(
        Severity.MINOR,
        Words(
            "Of the last hour of {cameras}, up to {percent} % may be damaged: part of the video "
            "is lost on the way.",
            "De la última hora de {cameras}, hasta un {percent} % puede estar dañado: parte del "
            "vídeo se pierde en el camino.",
        ),
        Words(
            "Check cables, switches and radio links to the camera, or set its transport to TCP.",
            "Revise cables, switches y radioenlaces hasta la cámara, o ponga su transporte en TCP.",
        ),
    ),
    "device_offline": Kind(
        Severity.SERIOUS,
        Words("It does not answer.", "No responde."),
        Words(
            "Check its power, its network and its address.",
            "Revise su corriente, su red y su dirección.",
        ),
    ),
    "device_refused": Kind(
        Severity.SERIOUS,
        Words(
            "It rejected the user name or password.",
            "Rechazó el usuario o la contraseña.",
        ),
        Words(
            "Enter user name and password again; until then Sereno does not try.",
            "Escriba de nuevo usuario y contraseña; mientras tanto Sereno no insiste.",
        ),
    ),
    "device_locked": Kind(
        Severity.SERIOUS,
        Words(
            "It has locked the account, as it does after wrong passwords.",
            "Bloqueó la cuenta, como hace tras contraseñas equivocadas.",
        ),
        Words(
            "Look for a program that asks with an old password, or wait until the lock is over.",
            "Busque un programa que pregunte con una contraseña antigua, o espere a que pase el "
            "bloqueo.",
        ),
    ),
    "device_other": Kind(
        Severity.SERIOUS,
        Words(
            "Another device stands at its address. Nothing of that one is used.",
            "En su dirección hay otro dispositivo. No se usa nada de él.",
        ),
        Words(
            "Correct the address; if the device was replaced, confirm the new serial number.",
            "Corrija la dirección; si el dispositivo fue reemplazado, confirme el nuevo número de "
            "serie.",
        ),
    ),
    "device_disk_failing": Kind(
        Severity.SERIOUS,
        Words(
            "The disk {disk} of {device} is failing.",
            "El disco {disk} de {device} está fallando.",
        ),
        Words(
            "Fetch what matters of its footage, and replace the disk.",
            "Traiga lo importante de sus grabaciones y cambie el disco.",
        ),
    ),
    "device_disk_unformatted": Kind(
        Severity.SERIOUS,
        Words(
            "The disk {disk} of {device} is not formatted, so nothing is recorded on it.",
            "El disco {disk} de {device} no está formateado y no se graba nada en él.",
        ),
        Words(
            "Look on the device's page of disks whether it holds anything; format it there.",
            "Mire en la página de discos del dispositivo si guarda algo; formatéelo allí.",
        ),
    ),
    "device_disk_read_only": Kind(
        Severity.SERIOUS,
        Words(
            "The disk {disk} of {device} can only be read, so nothing new is recorded on it.",
            "El disco {disk} de {device} es de solo lectura y no se graba nada nuevo en él.",
        ),
        Words(
            "Check its attribute on the device's page of disks; a worn disk does this too.",
            "Revise su atributo en la página de discos del dispositivo; un disco gastado también "
            "actúa así.",
        ),
    ),
    "device_clock": Kind(
        Severity.SERIOUS,
        Words(
            "The clock of {device} is {time} off, and so are the times of its footage.",
            "El reloj de {device} tiene {time} de desfase, y con él las horas de sus grabaciones.",
        ),
        Words(
            "Set a time server (NTP) and the right time zone on it.",
            "Póngale un servidor de hora (NTP) y la zona horaria correcta.",
        ),
    ),
    "device_channels_missing": Kind(
        Severity.SERIOUS,
        Words(
            "{device} does not list these channels any more: {channels}.",
            "{device} ya no muestra estos canales: {channels}.",
        ),
        Words(
            "Look on the device whether their cameras were removed there; what was recorded of "
            "them stays. Remove their cameras here if they are gone for good.",
            "Mire en el dispositivo si sus cámaras se quitaron allí; lo grabado de ellas se "
            "conserva. Quite aquí sus cámaras si ya no existen.",
        ),
    ),
    "worker_away": Kind(
        Severity.SERIOUS,
        Words(
            "The hub's worker does not answer, so no alarm is raised.",
            "El proceso de tareas de la central no responde, así que no se dan alarmas.",
        ),
        Words(
            "Restart Sereno. The reason is at the end of logs/worker.log.",
            "Reinicie Sereno. El motivo está al final de logs/worker.log.",
        ),
    ),
    "hub_disk_full": Kind(
        Severity.CRITICAL,
        Words(
            "Only {free} MB are free where the hub keeps its data.",
            "Solo quedan {free} MB libres donde la central guarda sus datos.",
        ),
        Words(
            "Free some space on the disk of {path}. Without room the database stops.",
            "Libere espacio en el disco de {path}. Sin espacio la base de datos se detiene.",
        ),
    ),
    "backup_room": Kind(
        Severity.MINOR,
        Words(
            "The database takes {size} MB, and only {free} MB are free beside it.",
            "La base de datos ocupa {size} MB y a su lado solo quedan {free} MB libres.",
        ),
        Words(
            "The next upgrade needs room for a copy of it. Free some space on the disk of {path}.",
            "La próxima actualización necesita sitio para una copia. Libere espacio en el disco "
            "de {path}.",
        ),
    ),
    "certificate_ends": Kind(
        Severity.SERIOUS,
        Words(
            "The certificate by which browsers know Sereno ends in {days} days.",
            "El certificado con que los navegadores reconocen a Sereno caduca en {days} días.",
        ),
        Words(
            "Put a new one in the place of {path} and restart Sereno.",
            "Ponga uno nuevo en el lugar de {path} y reinicie Sereno.",
        ),
    ),
    "own_certificate_ends": Kind(
        Severity.MINOR,
        Words(
            "The certificate that Sereno made for itself ends in {days} days.",
            "El certificado que Sereno hizo para sí mismo caduca en {days} días.",
        ),
        Words(
            "Restart Sereno: it makes a new one, which browsers will ask about once.",
            "Reinicie Sereno: hará uno nuevo, y los navegadores preguntarán por él una vez.",
        ),
    ),
    "certificate_ended": Kind(
        Severity.CRITICAL,
        Words(
            "The certificate by which browsers and nodes know Sereno has ended.",
            "El certificado con que navegadores y nodos reconocen a Sereno ha caducado.",
        ),
        Words(
            "Put a new one in the place of {path}, if it is yours, and restart Sereno.",
            "Ponga uno nuevo en el lugar de {path}, si es suyo, y reinicie Sereno.",
        ),
    ),
    "secrets_open": Kind(
        Severity.SERIOUS,
        Words(
            "Other users of the hub's machine can read secrets of Sereno: {names}.",
            "Otros usuarios del equipo de la central pueden leer secretos de Sereno: {names}.",
        ),
        Words(
            "Take the permission away: chmod -R go= {path}/secrets.",
            "Quíteles el permiso: chmod -R go= {path}/secrets.",
        ),
    ),
    "backup_none": Kind(
        Severity.MINOR,
        Words(
            "No backup of the hub is known.",
            "No consta ninguna copia de seguridad de la central.",
        ),
        Words(
            "Make one and keep it on another machine: sereno backup FILE --encrypt.",
            "Haga una y guárdela en otro equipo: sereno backup ARCHIVO --encrypt.",
        ),
    ),
    "backup_old": Kind(
        Severity.MINOR,
        Words(
            "The newest backup of the hub is {days} days old.",
            "La copia de seguridad más reciente de la central tiene {days} días.",
        ),
        Words(
            "Make another and keep it on another machine: sereno backup FILE --encrypt.",
            "Haga otra y guárdela en otro equipo: sereno backup ARCHIVO --encrypt.",
        ),
    ),
}
