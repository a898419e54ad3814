package bus

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Rekeying says which store goes from which key to which.
type Rekeying struct {
	// Options are those of the store from then on; Key is the new key. No process
	// may be using the store.
	Options
	Old []byte
	// Before, if set, is called once the store is locked, in good order and known
	// to be under Old, before anything is written: the place to make the new key
	// durable.
	Before func() error
}

const (
	secondDir    = "rekey"    // where the second store grows
	completeFile = "complete" // in it: it may take the first one's place
)

// KeyOf returns which of the keys the store in dir is under, -1 where it is
// none of them, or ErrNotFound where there is no store.
func KeyOf(dir string, keys [][]byte) (int, error) {
	stored, err := os.ReadFile(printFile(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return -1, ErrNotFound
	}
	if err != nil {
		return -1, fmt.Errorf("read the key's fingerprint: %w", err)
	}
	return slices.IndexFunc(keys, func(key []byte) bool { return strings.TrimSpace(string(stored)) == fingerprint(key) }), nil
}

// Rekey puts a store under another key. It writes a second store beside the
// first, compares them message by message, and only then changes over: killed
// at any instant it leaves one of them whole, and the next start sees to the
// rest. Where the store is under the new key already it changes nothing; where it
// is under neither, it touches nothing.
//
// The engine's own way of changing keys is not used: it loses every reader's
// position and leaves behind what no reader of that name can be made over.
func Rekey(ctx context.Context, r Rekeying) (err error) {
	switch i, err := KeyOf(r.Dir, [][]byte{r.Key, r.Old}); {
	case err != nil:
		return err
	case i == 0:
		b, err := Start(ctx, r.Options)
		if err != nil {
			return err
		}
		return b.Close()
	}
	old := r.Options
	old.Key, old.MaxStore = r.Old, 1<<60
	from, err := Start(ctx, old)
	if err != nil {
		return err
	}
	held := from.lock // longer than the engine runs
	from.lock = nil
	defer func() { err = errors.Join(err, held.Unlock()) }()
	placed, err := r.prepare()
	second := filepath.Join(r.Dir, secondDir)
	if err == nil {
		err = r.copy(ctx, from, second)
	}
	if err = errors.Join(err, from.Close()); err != nil {
		return errors.Join(undone(placed, err), os.RemoveAll(second))
	}
	if err := replaceSynced(filepath.Join(second, completeFile), nil); err != nil {
		return cutShort(err)
	}
	return finishRekey(r.Dir)
}

// prepare reports whether the new key is in its place.
func (r Rekeying) prepare() (placed bool, err error) {
	err = room(r.Dir)
	if r.Before == nil {
		return true, err
	}
	if err == nil {
		err = r.Before()
	}
	return err == nil, err
}

// undone says what a change of keys that failed has left, and the way back.
func undone(placed bool, err error) error {
	err = fmt.Errorf("put the store under the new key: %w: it is as it was, under the old one", err)
	if placed {
		return fmt.Errorf("%w: mend that and start again, or take the first line, the new key, out of the key file", err)
	}
	return err
}

// copy makes the second store, whole, and durable at the end.
func (r Rekeying) copy(ctx context.Context, from *Bus, second string) error {
	o := Options{Dir: second, Key: r.Key, MaxStore: 1 << 60, Lazy: true, Log: r.Log}
	to, err := Start(ctx, o)
	if err != nil {
		return err
	}
	if err := errors.Join(carry(ctx, from, to), to.Close()); err != nil {
		return err
	}
	// Once more with an engine that knows nothing but the files and the new key.
	if to, err = Start(ctx, o); err != nil {
		return err
	}
	if err := errors.Join(r.compare(ctx, from, to), to.Close()); err != nil {
		return err
	}
	return filepath.WalkDir(second, func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, syncPath(path))
	})
}

// finishRekey ends a change of keys that was cut short: a second store that is
// not complete is removed, one that is takes the first one's place. The caller
// holds the directory's lock.
func finishRekey(dir string) error {
	steps := changeOver(dir)
	if !exists(dir, secondDir, completeFile) {
		steps = steps[len(steps)-1:]
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return cutShort(err)
		}
	}
	return nil
}

func cutShort(err error) error {
	return fmt.Errorf("end the change of keys: %w: nothing is lost; mend that and start again", err)
}

// changeOver lists the steps from two complete stores to the second one only.
// Each does nothing where it was done before.
func changeOver(dir string) []func() error {
	in := func(names ...string) string { return filepath.Join(append([]string{dir}, names...)...) }
	return []func() error{
		func() error {
			if exists(dir, secondDir, "jetstream") {
				return move(in("jetstream"), in(secondDir, "old"))
			}
			return nil // it is in its place
		},
		func() error { return move(in(secondDir, "jetstream"), in("jetstream")) },
		func() error { return move(in(secondDir, "key.fingerprint"), in("key.fingerprint")) },
		func() error { return os.RemoveAll(in(secondDir)) },
	}
}

func exists(path ...string) bool {
	_, err := os.Lstat(filepath.Join(path...))
	return err == nil
}

// move renames durably. What is not there was moved before.
func move(from, to string) error {
	if err := os.Rename(from, to); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	return errors.Join(syncPath(filepath.Dir(to)), syncPath(filepath.Dir(from)))
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// carry copies every stream, with the numbers of its messages and the positions
// of its readers.
func carry(ctx context.Context, from, to *Bus) error {
	names := from.js.StreamNames(ctx)
	for name := range names.Name() {
		if err := carryStream(ctx, from, to, name); err != nil {
			return fmt.Errorf("copy %s: %w", name, err)
		}
	}
	return names.Err()
}

// carryStream passes a snapshot, which the engine takes in reading every message
// and its checksum, on to the other engine.
func carryStream(ctx context.Context, from, to *Bus, name string) error {
	r, w := io.Pipe()
	defer func() { _ = r.Close() }()
	defer context.AfterFunc(ctx, func() { _ = w.CloseWithError(ctx.Err()) })()
	inbox := nats.NewInbox()
	sub, err := from.nc.Subscribe(inbox, func(m *nats.Msg) {
		if len(m.Data) == 0 {
			_ = w.CloseWithError(ending(m.Header))
		} else if _, err := w.Write(m.Data); err == nil && m.Reply != "" {
			_ = m.Respond(nil)
		}
	})
	if err != nil {
		return err
	}
	defer func() { _ = sub.Unsubscribe() }()
	ask := fmt.Appendf(nil, `{"deliver_subject":%q}`, inbox)
	m, err := from.nc.RequestWithContext(ctx, fmt.Sprintf(server.JSApiStreamSnapshotT, name), ask)
	if err != nil {
		return err
	}
	var answer server.JSApiStreamSnapshotResponse
	if err := json.Unmarshal(m.Data, &answer); err != nil {
		return err
	}
	if answer.Error != nil {
		return answer.Error
	}
	_, err = to.server.GlobalAccount().RestoreStreamV2(answer.Config, r)
	return err
}

// ending is what the last message of a snapshot says: nil if it is whole.
func ending(h nats.Header) error {
	if status := h.Get("Status"); status != "" && status != "204" {
		return fmt.Errorf("the engine says %s %s", status, h.Get("Description"))
	}
	return nil
}

// compare reports what is not the same in two stores.
func (r Rekeying) compare(ctx context.Context, from, to *Bus) error {
	names := from.js.StreamNames(ctx)
	for name := range names.Name() {
		was, err := from.sum(ctx, name, r.AcceptLoss)
		if err != nil {
			return err
		}
		is, err := to.sum(ctx, name, false)
		if err != nil {
			return err
		}
		if is != was {
			return fmt.Errorf("the copy of %s is not the same", name)
		}
	}
	return names.Err()
}

// sum reads a stream through and sums up its messages, apart from those that end
// by themselves and may do so meanwhile, and how far its readers are.
func (b *Bus) sum(ctx context.Context, name string, acceptLoss bool) (string, error) {
	s, err := b.leader(ctx, name)
	if err != nil {
		return "", err
	}
	info, hash, read := s.CachedInfo(), sha256.New(), uint64(0)
	for _, subject := range info.Config.Subjects {
		err := b.walk(ctx, walk{stream: s, filter: subject}, func(m jetstream.Msg, meta *jetstream.MsgMetadata) error {
			if read++; m.Headers().Get(jetstream.MsgTTLHeader) != "" {
				return nil
			}
			return json.NewEncoder(hash).Encode([]any{meta.Sequence.Stream, meta.Timestamp.UnixNano(), m.Subject(), m.Headers(), m.Data()})
		})
		if err != nil {
			return "", err
		}
	}
	if !acceptLoss && !info.Config.AllowMsgTTL && read != info.State.Msgs {
		return "", fmt.Errorf("of the %d messages of %s %d can be read: the store is damaged: restore a backup", info.State.Msgs, name, read)
	}
	readers, err := b.Readers(ctx, name)
	return fmt.Sprintf("%x %v", hash.Sum(nil), readers), err
}
