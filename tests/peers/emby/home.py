"""pyEmby uses the stand-in as Home Assistant would: listens on the socket, sees a stream start, stops it.

    home.py STANDIN_URL VERSION
"""

import asyncio
import json
import logging
import sys
import urllib.parse
import urllib.request

from pyemby.server import EmbyServer

STANDIN, VERSION = urllib.parse.urlsplit(sys.argv[1]), sys.argv[2]
logging.disable(logging.CRITICAL)


def play():
    """Anton starts something in his kitchen."""
    order = {"action": "start", "user": "anton", "device_id": "kitchen", "client": "Kitchen radio"}
    request = urllib.request.Request(
        f"{STANDIN.geturl()}/_control/play", json.dumps(order).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=10).close()


async def until(claim, holds):
    """Waits until something holds; ends the run if it never does."""
    for _ in range(200):
        if holds():
            return
        await asyncio.sleep(0.05)
    sys.exit(f"pyEmby ({VERSION}): not so: {claim}")


async def main():
    loop = asyncio.get_running_loop()
    server = EmbyServer(STANDIN.hostname, "standin-emby-key", STANDIN.port, False, loop)
    server.start()
    await until("it registers and opens its socket", lambda: server.wsck is not None)
    play()
    kitchen = "kitchen.Kitchen radio"
    await until("the socket tells of the stream", lambda: kitchen in server.devices)
    device = server.devices[kitchen]
    await until("it plays", lambda: device.state == "Playing")
    if not (device.username == "anton" and device.supports_remote_control and device.media_runtime):
        sys.exit(f"pyEmby ({VERSION}): not so: the device says who plays and that it obeys")
    await device.media_pause()
    await until("it pauses when told", lambda: device.state == "Paused")
    await device.media_stop()
    await until("it stops when told", lambda: device.state == "Idle")
    await server.stop()
    await server._api_session.close()
    print(f"pyEmby ({VERSION}): everything as it should be")


asyncio.run(main())
