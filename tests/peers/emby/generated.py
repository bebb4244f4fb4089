"""embyclient, generated from Emby's own OpenAPI document, uses the stand-in as an administrator's tool would.

    generated.py STANDIN_URL VERSION
"""

import json
import sys
import time
import urllib.request

import emby_client
from emby_client.rest import ApiException

STANDIN, VERSION = sys.argv[1].rstrip("/"), sys.argv[2]


def expect(holds, claim):
    """Ends the run with what was claimed and is not so."""
    if not holds:
        sys.exit(f"embyclient ({VERSION}): not so: {claim}")


def refused(status, call, *given, **named):
    """Whether a call is refused with this status."""
    try:
        call(*given, **named)
    except ApiException as refusal:
        return refusal.status == status
    return False


def control(what, order):
    """Gives the stand-in an order that no real server would take."""
    request = urllib.request.Request(
        f"{STANDIN}/_control/{what}", json.dumps(order).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read() or "null")


class Client:
    """All parts of the generated client, with one token."""

    def __init__(self, token):
        configuration = emby_client.Configuration()
        configuration.host = f"{STANDIN}/emby"
        # The generated configurations share one dictionary unless each is given its own.
        configuration.api_key = {"api_key": token}
        api = emby_client.ApiClient(configuration)
        self.system = emby_client.SystemServiceApi(api)
        self.users = emby_client.UserServiceApi(api)
        self.sessions = emby_client.SessionsServiceApi(api)
        self.library = emby_client.LibraryServiceApi(api)
        self.structure = emby_client.LibraryStructureServiceApi(api)
        self.items = emby_client.ItemsServiceApi(api)
        self.refresh = emby_client.ItemRefreshServiceApi(api)
        self.views = emby_client.UserViewsServiceApi(api)
        self.devices = emby_client.DeviceServiceApi(api)
        self.connect = emby_client.ConnectServiceApi(api)
        self.log = emby_client.ActivityLogServiceApi(api)
        self.tasks = emby_client.ScheduledTaskServiceApi(api)
        self.sync = emby_client.SyncServiceApi(api)
        self.subtitles = emby_client.SubtitleServiceApi(api)


def signed_in(name, password, device):
    """What a sign-in gives, as the generated client reads it."""
    line = f'Emby UserId="", Client="Peers", Device="Test", DeviceId="{device}", Version="1.0"'
    body = emby_client.AuthenticateUserByName(username=name, pw=password)
    return Client("").users.post_users_authenticatebyname(body, line)


def looks_around(key):
    """Who answers, and what there is."""
    public = Client("").system.get_system_info_public()
    expect((public.server_name, public.version) == ("Zenith", VERSION), "this is Zenith")
    expect(key.system.get_system_info().id == public.id, "the key reads the whole of it")
    expect(refused(401, Client("wrong").system.get_system_info), "a wrong key is refused")
    folders = key.library.get_library_selectablemediafolders()
    expect([folder.name for folder in folders][:2] == ["Movies", "Series"], "libraries are listed")
    expect(all(folder.guid != folder.id for folder in folders), "a guid is no id")
    found = key.structure.get_library_virtualfolders_query()
    expect(found.items[0].collection_type == "movies", "folders say what they hold")
    movies = key.items.get_items(parent_id=folders[0].id)
    expect(movies.total_record_count == 3 and movies.items[0].id.isdigit(), "items have short ids")
    return {folder.name: folder.guid for folder in folders}


def makes_a_user(key, guids):
    """After the template, with a password, with a policy that is read, changed and written whole."""
    template = next(user for user in key.users.get_users_query().items if user.name == "template")
    new = emby_client.CreateUserByName(
        name="mara", copy_from_user_id=template.id, user_copy_options=["UserPolicy", "UserConfiguration"]
    )
    made = key.users.post_users_new(new)
    expect(not made.has_configured_password, "a new user has no password")
    expect(made.policy.allow_camera_upload is False, "the policy is the template's")
    expect(refused(400, key.users.post_users_new, new), "a name is there once")
    key.users.post_users_by_id_password(emby_client.UpdateUserPassword(id=made.id, new_pw="secret"), made.id)
    again = emby_client.UpdateUserPassword(id=made.id, new_pw="other")
    expect(refused(400, key.users.post_users_by_id_password, again, made.id), "it is reset first")
    made.policy.enabled_folders = [guids["Music"]]
    made.policy.enable_all_folders = False
    made.policy.simultaneous_stream_limit = 1
    key.users.post_users_by_id_policy(made.policy, made.id)
    read = key.users.get_users_by_id(made.id)
    expect(read.policy == made.policy, "the policy is as it was written")
    expect(read.has_configured_password, "the password is there")
    result = signed_in("mara", "secret", "sofa")
    member = Client(result.access_token)
    views = member.views.get_users_by_userid_views(made.id, True)
    expect([view.name for view in views.items] == ["Music"], "mara sees what her policy opens")
    expect(refused(403, member.users.get_users_query), "mara does not read all users")
    return made.id


def plays(key):
    """A stream is seen, told and stopped."""
    control("play", {"action": "start", "user": "mara", "device_id": "sofa"})
    session = next(one for one in key.sessions.get_sessions() if one.now_playing_item)
    expect(session.user_name == "mara" and session.supports_remote_control, "mara's stream is seen")
    key.sessions.post_sessions_by_id_message(session.id, "Good night.", "Zenith")
    stop = emby_client.PlaystateRequest(command="Stop")
    key.sessions.post_sessions_by_id_playing_by_command(stop, session.id, "Stop")
    until = time.monotonic() + 10
    while time.monotonic() < until and any(one.now_playing_item for one in key.sessions.get_sessions()):
        time.sleep(0.05)
    expect(not any(one.now_playing_item for one in key.sessions.get_sessions()), "it has stopped")


def withdraws(key, user):
    """A disabled user is signed out and kept out; the last step removes them."""
    policy = key.users.get_users_by_id(user).policy
    policy.is_disabled = True
    key.users.post_users_by_id_policy(policy, user)
    expect(refused(401, signed_in, "mara", "secret", "sofa"), "a disabled user is kept out")
    device = next(one for one in key.devices.get_devices().items if one.reported_device_id == "sofa")
    key.devices.delete_devices(device.id)
    expect(all(one.reported_device_id != "sofa" for one in key.devices.get_devices().items), "it is gone")
    key.users.delete_users_by_id(user)
    expect(refused(404, key.users.get_users_by_id, user), "mara is gone")


def links(key):
    """Emby Connect: asked for, confirmed, taken back."""
    hedda = next(user for user in key.users.get_users_query().items if user.name == "Hedda Lund")
    asked = key.connect.post_users_by_id_connect_link(hedda.id, "hedda.lund")
    expect(asked.is_pending and not asked.is_new_user_invitation, "the link waits for Hedda")
    said = control("connect", {"user": "Hedda Lund", "answer": "accept"})
    linked = key.users.get_users_by_id(hedda.id)
    expect((linked.connect_user_name, linked.connect_link_type) == ("hedda.lund", "LinkedUser"), "she is linked")
    exchanged = Client(said["access_key"]).connect.get_connect_exchange(said["connect_user_id"])
    expect(exchanged.local_user_id == hedda.id and exchanged.access_token, "her key opens this server")
    key.connect.delete_users_by_id_connect_link(hedda.id)
    expect(key.users.get_users_by_id(hedda.id).connect_user_name is None, "the link is taken back")


def keeps_house(key):
    """Keys, scans, tasks, the log, downloads, subtitles."""
    key.sessions.post_auth_keys("Peers")
    key.library.post_library_refresh()
    task = key.tasks.get_scheduledtasks()[0]
    expect((task.key, task.state) == ("RefreshLibrary", "Running"), "the scan runs as a task")
    key.tasks.delete_scheduledtasks_running_by_id(task.id)
    expect(key.tasks.get_scheduledtasks_by_id(task.id).state == "Idle", "and can be stopped")
    item = key.items.get_items(search_term="copper").items[0]
    key.refresh.post_items_by_id_refresh(item.id, recursive=True)
    entries = key.log.get_system_activitylog_entries(limit=100).items
    expect({"user.created", "user.authenticated", "playback.start"} <= {one.type for one in entries}, "the log")
    expect(key.sync.get_sync_jobs().items == [], "nobody downloads")
    found = key.subtitles.get_items_by_id_remotesearch_subtitles_by_language(item.id, "m", "ger")
    expect(found == [], "there are no subtitles to be had")


def main():
    key = Client("standin-emby-key")
    guids = looks_around(key)
    user = makes_a_user(key, guids)
    plays(key)
    withdraws(key, user)
    links(key)
    keeps_house(key)
    print(f"embyclient ({VERSION}): everything as it should be")


main()
