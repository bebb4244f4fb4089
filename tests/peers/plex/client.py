"""python-plexapi uses the stand-in as it uses Plex: signs in, finds a server, shares it, ends a stream.

    client.py PLEX_TV_URL

Nothing of the library is changed but the addresses that it has as constants.
"""

import json
import logging
import queue
import sys
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path

from plexapi import myplex
from plexapi.exceptions import BadRequest, NotFound, TwoFactorRequired, Unauthorized
from plexapi.myplex import MyPlexAccount, MyPlexJWTLogin, MyPlexPinLogin

SITE = sys.argv[1].rstrip("/")
OWNER = "standin-plex-orla"
HOSTS = ("https://plex.tv", "https://clients.plex.tv", "https://app.plex.tv")
logging.disable(logging.CRITICAL)


def expect(holds, claim):
    """Ends the run with what was claimed and is not so."""
    if not holds:
        sys.exit(f"PlexAPI: not so: {claim}")


def refuses(kind, words, call):
    """The refusal that a call must end in."""
    try:
        call()
    except kind as refusal:
        expect(words in str(refusal), f"the refusal says {words!r}: {refusal}")
        return
    expect(False, f"a call is refused with {kind.__name__} {words!r}")


def at_the_stand_in(text):
    """An address of Plex as one of the stand-in's."""
    for host in HOSTS:
        text = text.replace(host, SITE)
    return text


def move_addresses():
    """Points every address that the library holds at the stand-in."""
    for kind in vars(myplex).values():
        if isinstance(kind, type) and kind.__module__ == myplex.__name__:
            for name, value in list(vars(kind).items()):
                if isinstance(value, str) and not name.startswith("__"):
                    setattr(kind, name, at_the_stand_in(value))


def control(what, order):
    """Gives the stand-in an order that no real system would take."""
    body = json.dumps(order).encode()
    kind = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{SITE}/_control/{what}", body, kind)
    with urllib.request.urlopen(request, timeout=10) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def signs_in():
    """With a wrong token, a password, a second factor, and a right token."""
    refuses(Unauthorized, "(401)", lambda: MyPlexAccount(token="nobody's"))
    refuses(Unauthorized, "(401)", lambda: MyPlexAccount("orla", "wrong"))
    mara = MyPlexAccount("mara", "mara-password")
    expect(mara.username == "mara" and not mara.subscriptionActive, "Mara has no Plex Pass")
    control("seed", {"accounts": [{"name": "jonas", "two_factor_code": "123456"}]})
    refuses(TwoFactorRequired, "verification code", lambda: MyPlexAccount("jonas", "jonas-password"))
    expect(MyPlexAccount("jonas", "jonas-password", code="123456").id == 2002, "Jonas signs in")
    orla = MyPlexAccount(token=OWNER)
    expect(orla.subscriptionActive and "companions_sonos" in orla.subscriptionFeatures, "Plex Pass")
    expect(orla.subscriptionSubscribedAt is not None, "since when is readable")
    expect((orla.homeAdmin, orla.homeSize, orla.roles) == (True, 3, ["plexpass"]), "the home")
    expect(orla.ping() is True, "the token is kept alive")
    return orla


def signs_in_by_pin():
    """A code typed off a television, and a browser that is sent to Plex."""
    mara = MyPlexAccount("mara", "mara-password")
    television = MyPlexPinLogin()
    code = television.pin
    expect(not television.checkLogin(), "nobody has typed the code yet")
    mara.link(code)
    expect(television.checkLogin(), "the code was typed")
    expect(MyPlexAccount(token=television.token).username == "mara", "the television is Mara's")

    browser = MyPlexPinLogin(oauth=True)
    browser.run(timeout=20)
    url = at_the_stand_in(browser.oauthUrl(forwardUrl=f"{SITE}/api/v2/auth/keys"))
    page, about = url.split("#!?")
    about = dict(urllib.parse.parse_qsl(about))
    with urllib.request.urlopen(page, timeout=10) as answer:
        expect("Allow as mara" in answer.read().decode(), "the page has a button for Mara")
    form = {"code": about["code"], "forwardUrl": about["forwardUrl"], "as": "mara"}
    with urllib.request.urlopen(page, urllib.parse.urlencode(form).encode(), timeout=10) as answer:
        expect(answer.url == about["forwardUrl"], "the browser is sent on")
    expect(browser.waitForLogin(), "the program hears of it")
    expect(MyPlexAccount(token=browser.token).username == "mara", "the program is Mara's")


def signs_in_by_key(orla):
    """A registered key, the token that it is exchanged for, and a PIN with a key."""
    keys = MyPlexJWTLogin()
    keys.generateKeypair()
    login = MyPlexJWTLogin(token=OWNER, keypair=(keys._privateKey, keys._publicKey))
    login.registerDevice()
    token = login.refreshJWT()
    expect(login.verifyJWT() and login.decodedJWT["user"]["username"] == "orla", "the token is signed")
    expect(MyPlexAccount(token=token).id == orla.id, "the token is Orla's")
    by_pin = MyPlexJWTLogin(oauth=True)
    by_pin.generateKeypair()
    by_pin.run(timeout=20)
    control("people", {"person": "mara", "action": "allow", "code": by_pin._code})
    expect(by_pin.waitForLogin(), "the PIN gives a token")
    expect(MyPlexAccount(token=by_pin.jwtToken).username == "mara", "the token is Mara's")


def looks_around(orla):
    """Resources, the server behind them, its sections and what is in them."""
    expect([one.name for one in orla.resources()] == ["Polaris"], "Orla has one server")
    resource = orla.resource("Polaris")
    places = [(one.local, one.relay) for one in resource.connections]
    expect(places == [(True, False), (False, False), (False, True)], f"local, remote, relay: {places}")
    server = resource.connect(timeout=5)
    expect(server.friendlyName == "Polaris" and server.myPlexSubscription, "this is Polaris")
    expect(server.identity().machineIdentifier == server.machineIdentifier, "its identity")
    titles = [section.title for section in server.library.sections()]
    expect(titles == ["Movies", "Series", "Music", "4K", "Renew"], f"the sections: {titles}")
    movies = server.library.section("Movies")
    expect(movies.totalSize == 4 and movies.locations == ["/media/movies"], "there are four movies")
    expect(movies.all()[0].media[0].videoResolution == "1080", "a movie has a file")
    show = server.library.section("Series").get("The Ferrymen")
    expect([one.title for one in show.episodes()] == ["High Water", "Ropes", "The Far Bank"], "a show")
    artist = server.library.section("Music").all()[0]
    album = server.fetchItems(f"/library/metadata/{artist.ratingKey}/children")[0]
    expect([one.title for one in album.tracks()] == ["Lamp Oil", "Stairwell"], "an album")
    accounts = {account.id: account.name for account in server.systemAccounts()}
    expect(accounts[1] == "orla" and accounts[2001] == "mara", "the server's own accounts")
    expect(server.account().subscriptionActive, "whose server this is")
    expect(server.settings.get("FriendlyName").value == "Polaris", "a setting")
    return server


def orders(server):
    """Scans and subtitles."""
    movies = server.library.section("Movies")
    movies.update(path="/media/movies/new")
    refuses(BadRequest, "(400)", lambda: movies.update(path="/etc"))
    with tempfile.TemporaryDirectory() as folder:
        subtitle = Path(folder) / "dutch.srt"
        subtitle.write_text("1\n00:00:01,000 --> 00:00:02,000\nBijen.\n", encoding="utf-8")
        movie = movies.all()[0].uploadSubtitles(str(subtitle)).reload()
    expect([one.title for one in movie.subtitleStreams()] == ["dutch.srt"], "the subtitle is there")


def shares(orla, server):
    """Invite, look, change, be refused, remove."""
    films = {"label": ["Late", "Loud"]}
    orla.inviteFriend("wout", server, ["Movies", "Series"], allowSync=True, filterMovies=films)
    wout = orla.user("wout")
    share = wout.server("Polaris")
    shared = [section.title for section in share.sections() if section.shared]
    expect(shared == ["Movies", "Series"] and not share.pending, f"two sections: {shared}")
    expect(wout.allowSync and wout.filterMovies == "label=Late%2CLoud", f"rights: {wout.filterMovies}")
    refuses(BadRequest, "already sharing", lambda: orla.inviteFriend("wout", server, ["Movies"]))

    orla.updateFriend(wout, server, sections=["Music"], allowSync=False, allowCameraUpload=True)
    wout = orla.user("wout@example.org")
    expect((wout.allowSync, wout.allowCameraUpload) == (False, True), "the rights are changed")
    expect(wout.filterMovies == "label=Late%2CLoud", "the restriction is as it was")
    theirs = MyPlexAccount("wout", "wout-password").resource("Polaris")
    expect(not theirs.owned and theirs.accessToken == wout.get_token(server.machineIdentifier), "a token")
    seen = [section.title for section in theirs.connect(timeout=5).library.sections()]
    expect(seen == ["Music"], f"Wout sees music alone: {seen}")
    expect(server.switchUser("wout").friendlyName == "Polaris", "the owner looks with Wout's eyes")

    orla.removeFriend(wout)
    refuses(NotFound, "wout", lambda: orla.user("wout"))
    refuses(BadRequest, "(410)", orla.pendingInvites)
    names = [user.title for user in orla.users()]
    expect(names == ["mara", "jonas", "teun", "lotte", "Pim"], f"the others are still there: {names}")


def keeps_house(orla, server):
    """A managed user comes, is switched to, and goes."""
    orla.createHomeUser("Kiki", server, ["Movies"])
    kiki = orla.user("Kiki")
    expect(kiki.home and kiki.restricted == "1", "Kiki is managed")
    theirs = orla.switchHomeUser(kiki).resource("Polaris").connect(timeout=5)
    expect([section.title for section in theirs.library.sections()] == ["Movies"], "Kiki sees movies")
    orla.removeHomeUser(kiki)
    refuses(NotFound, "Kiki", lambda: orla.user("Kiki"))


def ends_a_stream(server):
    """Hears that somebody plays, sees who, and stops it with a reason."""
    heard = queue.Queue()
    listener = server.startAlertListener(callback=heard.put)
    wait_for_socket()
    control("play", {"action": "start", "user": "mara", "item": "High Water", "decision": "transcode"})
    told = heard.get(timeout=10)["PlaySessionStateNotification"][0]
    stream = server.sessions()[0]
    expect(told["sessionKey"] == str(stream.sessionKey), "the event is about this stream")
    expect((stream.usernames, stream.title) == (["mara"], "High Water"), "Mara watches")
    expect(stream.session.location == "wan" and stream.player.state == "playing", "from outside")
    expect(stream.transcodeSession.videoDecision == "transcode", "transcoded")
    expect(len(server.transcodeSessions()) == 1, "the transcoder has one")
    stream.stop(reason="One at a time")
    expect(heard.get(timeout=10)["PlaySessionStateNotification"][0]["state"] == "stopped", "it is told")
    listener.stop()
    expect(server.sessions() == [], "nothing plays any more")
    refuses(NotFound, "(404)", lambda: stream.stop(reason="Twice"))
    played = server.history()
    expect([(one.title, one.accountID) for one in played] == [("High Water", 2001)], "the history")


def wait_for_socket():
    """A listener of the library opens its socket in a thread of its own."""
    for _ in range(100):
        with urllib.request.urlopen(f"{SITE}/_control/state", timeout=10) as answer:
            if json.load(answer)["servers"][0]["sockets"]:
                return
    expect(False, "the socket opens")


def tidies_up(orla):
    """Webhooks and devices."""
    orla.addWebhook("http://127.0.0.1:9/one")
    urls = orla.addWebhook("http://127.0.0.1:9/two")
    expect(urls == ["http://127.0.0.1:9/one", "http://127.0.0.1:9/two"], f"two webhooks: {urls}")
    expect(orla.deleteWebhook("http://127.0.0.1:9/one") == ["http://127.0.0.1:9/two"], "one is left")
    bram = MyPlexAccount(token="standin-plex-bram")
    refuses(BadRequest, "(403)", lambda: bram.setWebhooks(["http://127.0.0.1:9/one"]))
    guest = MyPlexAccount("orla", "orla-password")
    device = next(device for device in orla.devices() if device.token == guest.authToken)
    # `device.delete()` has the real address inside of it, where nobody can move it.
    orla.query(f"{SITE}/devices/{device.id}.xml", orla._session.delete)
    refuses(Unauthorized, "(401)", lambda: MyPlexAccount(token=guest.authToken))


def main():
    move_addresses()
    control("reset", {})
    orla = signs_in()
    signs_in_by_pin()
    signs_in_by_key(orla)
    server = looks_around(orla)
    orders(server)
    shares(orla, server)
    keeps_house(orla, server)
    ends_a_stream(server)
    tidies_up(orla)
    print("PlexAPI: everything as it should be")


main()
