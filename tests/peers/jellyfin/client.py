"""jellyfin-apiclient-python uses the stand-in as Kodi and MPV would: signs in, looks, plays, listens.

    client.py STANDIN_URL
"""

import logging
import queue
import sys
import time
import urllib.request

from jellyfin_apiclient_python import JellyfinClient

STANDIN = sys.argv[1].rstrip("/")
logging.disable(logging.CRITICAL)


def expect(holds, claim):
    """Ends the run with what was claimed and is not so."""
    if not holds:
        sys.exit(f"jellyfin-apiclient-python: not so: {claim}")


def client_on(device):
    """A client that knows the server and has not signed in yet."""
    client = JellyfinClient()
    client.config.app("Playhouse peers", "1.0.0", f"{device}, upstairs", f"python-{device}")
    client.config.data["auth.ssl"] = False
    client.config.data["http.max_retries"] = 0
    client.auth.connect_to_address(STANDIN)
    return client


def signed_in(device, name, password):
    """A client with a token."""
    client = client_on(device)
    result = client.auth.login(STANDIN, name, password)
    expect(result.get("AccessToken"), f"{name} signs in")
    client.config.auth(STANDIN, result["User"]["Id"], result["AccessToken"], ssl=False)
    client.logged_in = True
    client.http.start_session()
    return client


def looks_around(member):
    """Views, items, pictures and what may be played."""
    api = member.jellyfin
    views = [view["Name"] for view in api.get_views()["Items"]]
    expect(views == ["Movies", "Music"], f"Jonas sees two libraries, not {views}")
    items = api.user_items(params={"Recursive": True, "IncludeItemTypes": "Movie"})["Items"]
    expect(len(items) == 4, "Jonas sees four movies")
    item = api.get_item(items[0]["Id"])
    expect(item["PlayAccess"] == "Full", "Jonas may play")
    info = api.get_play_info(item["Id"], {})
    expect(len(info["MediaSources"]) == 1, "there is one source")
    with urllib.request.urlopen(api.image_url(item["Id"]), timeout=10) as picture:
        expect(picture.headers["content-type"].startswith("image/"), "there is a poster")
    return item


def administers(admin):
    """Users, policy, and the rules that protect the server."""
    api = admin.jellyfin
    expect(api.get_system_info_new()["ProductName"] == "Jellyfin Server", "this is a Jellyfin")
    expect(api.get_system_info_new()["ServerName"] == "Aurora", "this is Aurora")
    made = api.new_user("python", "python-password")
    policy = made["Policy"] | {"EnableMediaPlayback": False}
    api._post(f"Users/{made['Id']}/Policy", policy)
    expect(api.get_user(made["Id"])["Policy"] == policy, "the policy is as it was written")
    folders = api.virtual_folders()
    expect([folder["Name"] for folder in folders][0] == "Movies", "the libraries are listed")
    expect(any(user["Name"] == "python" for user in api.get_users()), "the new user is listed")
    api.delete_user(made["Id"])
    expect(all(user["Name"] != "python" for user in api.get_users()), "the user is gone")
    entries = api.get_log_entries(limit=5)["Items"]
    expect(entries[0]["Type"] == "UserDeleted", "the activity log has it")


def plays_and_obeys(member, admin, item):
    """Reports playing; hears over its own socket that it is to stop."""
    heard = queue.Queue()
    member.callback = lambda message, content: heard.put((message, content))
    member.callback_ws = member.callback
    member.start(websocket=True)
    member.jellyfin.post_capabilities(
        {"PlayableMediaTypes": ["Video"], "SupportsMediaControl": True, "SupportedCommands": []}
    )
    report = {"ItemId": item["Id"], "PositionTicks": 0, "IsPaused": False, "PlayMethod": "DirectPlay"}
    member.jellyfin.session_playing(report)
    member.jellyfin.session_progress(report | {"PositionTicks": 50_000_000})
    until = time.monotonic() + 10
    session = {}
    while time.monotonic() < until and not session.get("SupportsRemoteControl"):
        session = admin.jellyfin.get_device("python-sofa")[0]
        time.sleep(0.05)
    expect(session.get("SupportsRemoteControl"), "a client with a socket can be controlled")
    expect(session["NowPlayingItem"]["Id"] == item["Id"], "the session shows what plays")
    admin.jellyfin.post_session(session["Id"], "Message", data={"Text": "Good night."})
    admin.jellyfin.remote_stop(session["Id"])
    wanted = {"GeneralCommand", "Playstate"}
    while wanted:
        message, content = heard.get(timeout=10)
        if message == "Playstate":
            expect(content["Command"] == "Stop", "the command is Stop")
        if message == "GeneralCommand":
            expect(content["Arguments"]["Text"] == "Good night.", "the message has its text")
        wanted.discard(message)
    member.jellyfin.session_stop({"ItemId": item["Id"], "PositionTicks": 60_000_000})
    session = admin.jellyfin.get_device("python-sofa")[0]
    expect("NowPlayingItem" not in session, "nothing plays any more")


def lets_a_television_in(member):
    """Quick Connect from both ends."""
    television = client_on("television")
    expect(television.jellyfin.quick_connect_enabled(STANDIN), "Quick Connect is on")
    asked = television.jellyfin.quick_connect_initiate(STANDIN)
    member.jellyfin._post("QuickConnect/Authorize", params={"code": asked["Code"]})
    state = television.jellyfin.quick_connect_state(STANDIN, asked["Secret"])
    expect(state["Authenticated"], "the code is approved")
    result = television.auth.login_with_quick_connect(STANDIN, asked["Secret"])
    expect(result["User"]["Name"] == "Jonas Feld", "the television is signed in as Jonas")


def main():
    expect(client_on("sofa").auth.login(STANDIN, "Jonas Feld", "wrong") == {}, "wrong is refused")
    member = signed_in("sofa", "Jonas Feld", "jonas-password")
    admin = signed_in("office", "admin", "admin-password")
    try:
        item = looks_around(member)
        administers(admin)
        plays_and_obeys(member, admin, item)
        lets_a_television_in(member)
    finally:
        member.stop()
        admin.http.stop_session()
    print("jellyfin-apiclient-python: everything as it should be")


main()
