// @jellyfin/sdk runs a membership through the stand-in: made, limited, playing, suspended, restored, gone.
//
//   node client.mjs --standin URL [--through URL] [--sdk 10.11|12]
//
// With --through all calls of the client go to that address (a validating proxy), and what the proxy finds
// against the published contract makes this fail, but for the spelling of ids; see judge.mjs.

import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import axios from 'axios';
import { Judge } from './judge.mjs';

const { values: given } = parseArgs({
    options: {
        standin: { type: 'string' },
        through: { type: 'string' },
        sdk: { type: 'string', default: '10.11' },
    },
});
const modules = { '10.11': 'jellyfin-sdk-10.11', 12: '@jellyfin/sdk' };
const { Jellyfin } = await import(modules[given.sdk]);
const factories = await import(`${modules[given.sdk]}/lib/utils/api/index.js`);

const judge = new Judge();
const http = axios.create({ headers: { Connection: 'close' } });
http.interceptors.response.use(
    (response) => judge.look(response),
    (error) => {
        if (error.response) judge.look(error.response);
        throw error;
    },
);

const device = (name) =>
    new Jellyfin({
        clientInfo: { name: 'Playhouse peers', version: '1.0.0' },
        deviceInfo: { name: `${name}, upstairs`, id: `peer-${name}` },
    });

// All calls of the client under one roof: its versions sort them differently.
function calls(name, token = '') {
    const api = device(name).createApi(given.through ?? given.standin, token, http);
    const parts = Object.values(factories).map((factory) => factory(api));
    return new Proxy({}, {
        get: (_, call) => {
            const part = parts.find((one) => typeof one[call] === 'function');
            // Undefined for what no part has: a promise is asked for `then` when it is awaited.
            return part && (async (...args) => (await part[call](...args)).data);
        },
    });
}

async function control(path, body) {
    const answer = await fetch(`${given.standin}/_control/${path}`, {
        method: body ? 'POST' : 'GET',
        headers: { 'content-type': 'application/json' },
        body: body && JSON.stringify(body),
    });
    assert.ok(answer.ok, `${path}: ${answer.status}`);
    return answer.status === 204 ? null : answer.json();
}

const refused = (status, promise) =>
    assert.rejects(promise, (error) => {
        assert.equal(error.response?.status, status, error.message);
        return true;
    });

async function signIn(on, name, password) {
    const result = await calls(on).authenticateUserByName({
        authenticateUserByName: { Username: name, Pw: password },
    });
    return calls(on, result.AccessToken);
}

async function meetsTheServer() {
    const found = await device('scout').discovery.getRecommendedServerCandidates(given.standin);
    assert.equal(found[0].systemInfo.ServerName, 'Aurora');
    const info = await calls('scout').getPublicSystemInfo();
    assert.equal(info.ProductName, 'Jellyfin Server');
    assert.equal(await calls('scout').getPingSystem(), 'Jellyfin Server');
    await calls('scout').getBrandingOptions();
    await refused(401, calls('scout').getUsers());
    await refused(401, signIn('scout', 'admin', 'wrong'));
    return signIn('office', 'admin', 'admin-password');
}

async function worksWithAKey(admin) {
    await admin.createKey({ app: 'Playhouse' });
    const keys = await admin.getKeys();
    const made = keys.Items.find((key) => key.AppName === 'Playhouse');
    const key = calls('office', made.AccessToken);
    await key.getSystemInfo();
    await refused(400, key.getCurrentUser());
    return key;
}

async function makesAMember(key) {
    const libraries = await key.getVirtualFolders();
    const movies = libraries.find((library) => library.Name === 'Movies');
    const users = await key.getUsers();
    const template = users.find((user) => user.Name === 'template');
    const mara = await key.createUserByName({
        createUserByName: { Name: 'mara', Password: 'first-password' },
    });
    await refused(400, key.createUserByName({ createUserByName: { Name: 'MARA', Password: 'x' } }));
    const policy = {
        ...template.Policy,
        EnableAllFolders: false,
        EnabledFolders: [movies.ItemId],
        EnableContentDownloading: false,
    };
    await key.updateUserPolicy({ userId: mara.Id, userPolicy: policy });
    const read = await key.getUserById({ userId: mara.Id });
    assert.deepEqual(read.Policy, policy);
    return { id: mara.Id, policy };
}

async function suspendsAndRestores(key, member) {
    const mara = await signIn('television', 'mara', 'first-password');
    const views = async () => (await mara.getUserViews()).Items.map((view) => view.Name);
    assert.deepEqual(await views(), ['Movies']);
    const items = await mara.getItems({ recursive: true, includeItemTypes: ['Movie'] });
    assert.equal(items.TotalRecordCount, 4);
    const itemId = items.Items[0].Id;
    assert.equal((await mara.getPlaybackInfo({ itemId })).MediaSources.length, 1);

    const suspended = { ...member.policy, EnabledFolders: [], EnableMediaPlayback: false };
    await key.updateUserPolicy({ userId: member.id, userPolicy: suspended });
    assert.deepEqual(await views(), []);
    await refused(404, mara.getPlaybackInfo({ itemId }));
    await key.updateUserPolicy({ userId: member.id, userPolicy: member.policy });
    assert.deepEqual(await views(), ['Movies']);
    assert.equal((await mara.getCurrentUser()).Name, 'mara');
    return { mara, itemId };
}

async function playsAndIsStopped(key, { mara, itemId }) {
    await mara.postCapabilities({ supportsMediaControl: true, playableMediaTypes: ['Video'] });
    const report = {
        ItemId: itemId, PositionTicks: 0, IsPaused: false, IsMuted: false, CanSeek: true,
        PlayMethod: 'DirectPlay', RepeatMode: 'RepeatNone', PlaybackOrder: 'Default',
    };
    await mara.reportPlaybackStart({ playbackStartInfo: report });
    await mara.reportPlaybackProgress({
        playbackProgressInfo: { ...report, PositionTicks: 600_000_000, IsPaused: true },
    });
    const sessions = await key.getSessions({ activeWithinSeconds: 960 });
    const session = sessions.find((one) => one.DeviceId === 'peer-television');
    assert.equal(session.DeviceName, 'television, upstairs');
    assert.equal(session.NowPlayingItem.Id, itemId);
    assert.equal(session.PlayState.PositionTicks, 600_000_000);
    await key.sendMessageCommand({
        sessionId: session.Id,
        messageCommand: { Header: 'Aurora', Text: 'Your membership has ended.', TimeoutMs: 5000 },
    });
    await key.sendPlaystateCommand({ sessionId: session.Id, command: 'Stop' });
    const { messages } = await control('state');
    assert.equal(messages.at(-1).text, 'Your membership has ended.');
    await mara.reportPlaybackStopped({
        playbackStopInfo: { ItemId: itemId, PositionTicks: 600_000_000, Failed: false },
    });
    const after = await key.getSessions({ deviceId: 'peer-television' });
    assert.equal(after[0].NowPlayingItem, undefined);
}

async function showsWhatASimulatedClientPlays(key) {
    const { session_id: id } = await control('play', {
        action: 'start', user: 'ottoline', method: 'Transcode',
    });
    const playing = (await key.getSessions()).find((one) => one.Id === id);
    assert.equal(playing.TranscodingInfo.VideoCodec, 'h264');
    await control('play', { action: 'stop', session_id: id });
}

async function letsATelevisionIn(key, member) {
    const bedroom = calls('bedroom');
    assert.equal(await bedroom.getQuickConnectEnabled(), true);
    const asked = await bedroom.initiateQuickConnect();
    assert.match(asked.Code, /^\d{6}$/);
    assert.equal(await key.authorizeQuickConnect({ code: asked.Code, userId: member.id }), true);
    const state = await bedroom.getQuickConnectState({ secret: asked.Secret });
    assert.equal(state.Authenticated, true);
    const result = await bedroom.authenticateWithQuickConnect({
        quickConnectDto: { Secret: asked.Secret },
    });
    assert.equal((await calls('bedroom', result.AccessToken).getCurrentUser()).Id, member.id);
    await refused(404, key.authorizeQuickConnect({ code: '000000', userId: member.id }));
}

async function managesDevices(key, member) {
    const devices = await key.getDevices({ userId: member.id });
    assert.deepEqual(devices.Items.map((one) => one.Id).sort(), ['peer-bedroom', 'peer-television']);
    await key.updateDeviceOptions({
        id: 'peer-bedroom', deviceOptionsDto: { CustomName: 'Bedroom' },
    });
    assert.equal((await key.getDeviceInfo({ id: 'peer-bedroom' })).CustomName, 'Bedroom');
    assert.equal((await key.getDeviceOptions({ id: 'peer-bedroom' })).CustomName, 'Bedroom');
    const isTwelve = given.sdk === '12';
    const many = { id: ['peer-bedroom', 'nowhere'] };
    await refused(isTwelve ? 400 : 404, key.deleteDevice(isTwelve ? many : { id: 'nowhere' }));
    await key.deleteDevice({ id: isTwelve ? ['peer-bedroom'] : 'peer-bedroom' });
    assert.equal((await key.getDevices({ userId: member.id })).TotalRecordCount, 1);
}

async function changesAPassword(key, member, mara) {
    await key.updateUserPassword({
        userId: member.id, updateUserPassword: { NewPw: 'second-password' },
    });
    await refused(401, mara.getCurrentUser());
    await refused(401, signIn('television', 'mara', 'first-password'));
    const again = await signIn('television', 'mara', 'second-password');
    await again.updateUserPassword({
        updateUserPassword: { CurrentPw: 'second-password', NewPw: 'third-password' },
    });
    const me = await again.getCurrentUser();
    await again.updateUserConfiguration({
        userConfiguration: { ...me.Configuration, SubtitleMode: 'Always' },
    });
    assert.equal((await again.getCurrentUser()).Configuration.SubtitleMode, 'Always');
    await again.reportSessionEnded();
    await refused(401, again.getCurrentUser());
}

async function leaves(admin, key, member) {
    const user = await key.getUserById({ userId: member.id });
    await key.updateUser({ userId: member.id, userDto: { ...user, Name: 'Mara B' } });
    await key.updateUserPolicy({
        userId: member.id, userPolicy: { ...member.policy, IsDisabled: true },
    });
    await refused(403, signIn('television', 'Mara B', 'third-password'));
    const boss = await admin.getCurrentUser();
    const disabled = { ...boss.Policy, IsDisabled: true };
    await refused(403, key.updateUserPolicy({ userId: boss.Id, userPolicy: disabled }));
    await key.deleteUser({ userId: member.id });
    await refused(404, key.getUserById({ userId: member.id }));
    const log = await key.getLogEntries({ limit: 200 });
    const kinds = new Set(log.Items.map((entry) => entry.Type));
    for (const kind of ['UserCreated', 'UserDeleted', 'AuthenticationFailed', 'VideoPlayback']) {
        assert.ok(kinds.has(kind), `the activity log has no ${kind}`);
    }
    await key.getMediaFolders();
    await key.refreshLibrary();
    assert.ok((await key.getPublicUsers()).every((one) => !one.Policy.IsHidden));
    await admin.reportSessionEnded();
}

const admin = await meetsTheServer();
const key = await worksWithAKey(admin);
const member = await makesAMember(key);
const watching = await suspendsAndRestores(key, member);
await playsAndIsStopped(key, watching);
await showsWhatASimulatedClientPlays(key);
await letsATelevisionIn(key, member);
await managesDevices(key, member);
await changesAPassword(key, member, watching.mara);
await leaves(admin, key, member);

judge.conclude(Boolean(given.through));
console.log(`@jellyfin/sdk for ${given.sdk}: everything as it should be${judge.summary()}`);
