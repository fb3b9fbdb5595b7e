// Faults of the catalogue, made anew in another language: variations of the server of adapters/node, behind its driver.
//
//     node faulty_driver.js          the names, a line each
//     node faulty_driver.js NAME     the driver of the server that is wrong in this way ("sound": in none)
//
// Each is named after a fault of `dasnet prove --list`, which has its sentence and the requirements that must fail on it.
// A fault replaces one method of a class before the driver makes objects of it; it may touch nothing else.

import { NetworkServer, Server } from '../../../adapters/node/network.js';

/** Replace a method: `wrong` gets the sound one, bound to the object, and then the arguments. */
function method(type, name, wrong) {
  const sound = type.prototype[name];
  type.prototype[name] = function (...given) {
    return wrong.call(this, sound.bind(this), ...given);
  };
}

/** Replace what a property says: `wrong` gets what the sound one says. */
function property(type, name, wrong) {
  let owner = type.prototype;
  while (!Object.hasOwn(owner, name)) owner = Object.getPrototypeOf(owner);
  const { get } = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(type.prototype, name, {
    get() {
      return wrong.call(this, get.call(this));
    },
  });
}

/** Replace callbacks of whichever object a handle calls back; `wrong` makes them, given object and handle. */
function callbacks(wrong) {
  method(NetworkServer, 'bind', function (bind, owner) {
    const changed = owner && wrong(owner, this);
    const get = (_, name) => (Object.hasOwn(changed, name) ? changed : owner)[name];
    bind(owner && new Proxy(owner, { get }));
  });
}

const withData = (change) => callbacks((owner) => ({ onData: (data) => change(owner, data) }));

const FAULTS = {
  sound() {},

  // queries
  not_open_while_serving: () => property(NetworkServer, 'isOpen', function (open) { return open && !this.isConnected; }),
  connected_for_ever: () =>
    property(NetworkServer, 'isConnected', function (connected) { return (this.ever ||= connected); }),

  // init
  success_is_zero: () => method(Server, 'init', async (sound, port) => !(await sound(port))),
  cuts_port_to_16_bits: () => method(NetworkServer, 'init', (sound, port) => sound(port & 0xffff)),
  last_port_does_not_exist: () =>
    method(NetworkServer, 'init', (sound, port) => sound(port === 65535 ? 65536 : port)),
  fails_to_init_silently: () => callbacks(() => ({ onError() {} })),
  fails_without_code: () => callbacks((owner) => ({ onError: (message) => owner.onError(message, 0) })),

  // ticks and data
  logs_every_tick: () =>
    method(Server, 'tick', function (sound) {
      sound();
      if (!this.isConnected()) this.onLog('nobody is there');
    }),
  nothing_is_an_empty_delivery: () =>
    method(Server, 'tick', function (sound) {
      sound();
      if (this.isConnected()) this.onData(Buffer.alloc(0));
    }),
  forgets_departure_that_came_with_data() {
    callbacks((owner, handle) => ({
      onData(data) {
        handle.heardIn = handle.ticks;
        owner.onData(data);
      },
      onDisconnect() {
        if (handle.heardIn !== handle.ticks) owner.onDisconnect();
      },
    }));
    method(NetworkServer, 'tick', function (sound) {
      this.ticks = (this.ticks ?? 0) + 1;
      sound();
    });
  },
  strips_the_eighth_bit: () => withData((owner, data) => owner.onData(data.map((byte) => byte & 0x7f))),
  ends_at_zero: () =>
    withData((owner, data) => {
      const end = data.indexOf(0);
      if (end !== 0) owner.onData(end < 0 ? data : data.subarray(0, end));
    }),
  decodes_text: () => withData((owner, data) => owner.onData(Buffer.from(data.toString('utf8')))),

  // send
  sends_whole_buffer: () => method(NetworkServer, 'send', (sound, data, size) => sound(data, size && data.length)),
  cuts_size_to_buffer: () =>
    method(NetworkServer, 'send', (sound, data, size) => sound(data, Math.min(size, data.length))),
  sends_in_text_mode: () =>
    method(NetworkServer, 'send', (sound, data, size) => {
      const text = Buffer.from(data.subarray(0, size).toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
      return sound(text, text.length);
    }),
  successful_send_says_false: () => method(NetworkServer, 'send', (sound, data, size) => !sound(data, size)),

  // save and restore
  save_copies_handle: () =>
    method(Server, 'save', function (sound, orphan) {
      const handle = this._server;
      sound(orphan);
      this._server = handle;
    }),
  save_ticks_once_more: () =>
    method(Server, 'save', function (sound, orphan) {
      this.tick();
      sound(orphan);
    }),
  orphan_keeps_handle: () =>
    method(Server, 'restore', function (sound, orphan) {
      const handle = orphan.server;
      sound(orphan);
      orphan.server = handle;
    }),
  restore_ticks_at_once: () =>
    method(Server, 'restore', function (sound, orphan) {
      sound(orphan);
      this.tick();
    }),
  connect_again_after_restore() {
    method(NetworkServer, 'bind', function (sound, owner) {
      sound(owner);
      this.greeter = this.isConnected ? owner : null;
    });
    method(NetworkServer, 'tick', function (sound) {
      const greeter = this.greeter;
      this.greeter = null;
      greeter?.onConnect();
      sound();
    });
  },
  restore_from_nothing_is_silent: () =>
    method(Server, 'restore', (sound, orphan) => {
      if (orphan.server) sound(orphan);
    }),

  // callbacks and the end
  swallows_exceptions: () =>
    method(NetworkServer, 'tick', (sound) => {
      try {
        sound();
      } catch {
        // nobody hears of it
      }
    }),
  destroy_forgets_port: () =>
    method(Server, 'destroy', async function () {
      this._server = null;
    }),
  second_destroy_dies: () =>
    method(Server, 'destroy', async function (sound) {
      if (this.destroyed) process.abort();
      this.destroyed = true;
      await sound();
    }),
};

const name = process.argv[2];
if (name === undefined) {
  console.log(Object.keys(FAULTS).filter((each) => each !== 'sound').join('\n'));
} else if (!Object.hasOwn(FAULTS, name)) {
  console.error(`there is no fault ${name}; without a name they are listed`);
  process.exitCode = 2;
} else {
  FAULTS[name]();
  await import('../../../adapters/node/driver.js');
}
