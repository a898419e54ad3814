package bus

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"
	"golang.org/x/sys/unix"
)

// lock takes the directory for this process. The kernel gives it back when the
// process dies, however it dies.
func lock(dir string) (*flock.Flock, error) {
	path := filepath.Join(dir, "lock")
	l := flock.New(path, flock.SetPermissions(0o600))
	ok, err := l.TryLock()
	if err != nil {
		return nil, unusable(err)
	}
	if !ok {
		holder, _ := os.ReadFile(path)
		return nil, fmt.Errorf("the data directory %s is in use by %s: stop that one first, or name another directory", dir, strings.TrimSpace(string(holder)))
	}
	if err := os.WriteFile(path, fmt.Appendf(nil, "process %d, started %s\n", os.Getpid(), time.Now().UTC().Format(time.RFC3339)), 0o600); err != nil {
		return l, unusable(err)
	}
	return l, nil
}

func unusable(err error) error {
	return fmt.Errorf("the data directory cannot be used: %w: make it writable, or name another with --data or data.dir", err)
}

// fingerprint tells keys apart and nothing else about them.
func fingerprint(key []byte) string {
	if len(key) == 0 {
		return "plain"
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("triage store key"))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// printFile is the fingerprint of the key that the store is under: that of the
// second store from when it is complete.
func printFile(dir string) string {
	if second := filepath.Join(dir, secondDir); exists(second, completeFile) && exists(second, "key.fingerprint") {
		dir = second
	}
	return filepath.Join(dir, "key.fingerprint")
}

// checkKey compares the key with the fingerprint beside the store, before the
// engine sees either: with a wrong key the engine would take the streams for
// damaged, and creating them anew would destroy them.
func checkKey(dir string, key []byte) error {
	path := printFile(dir)
	stored, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Stat(filepath.Join(dir, "jetstream")); err == nil {
			return fmt.Errorf("there is a store in %s but no key.fingerprint beside it: put the file back from the backup", dir)
		}
		return replaceSynced(path, []byte(fingerprint(key)+"\n"))
	case err != nil:
		return fmt.Errorf("read the key's fingerprint: %w", err)
	case strings.TrimSpace(string(stored)) != fingerprint(key):
		return fmt.Errorf("the store in %s was written under another key; nothing was touched: give the right key file (key_file)", dir)
	}
	return nil
}

// replaceSynced puts data under path, durably and all at once: whoever reads
// finds the old content or the new.
func replaceSynced(path string, data []byte) error {
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err = f.Write(data); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// ours reports files of another user: the engine would take them for damaged.
func ours(dir string) error {
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err == nil {
			err = unix.Access(path, unix.R_OK|unix.W_OK)
		}
		if errors.Is(err, fs.ErrPermission) {
			return fmt.Errorf("%s belongs to another user and was left as it is: give everything in %s to the user of the service (chown -R)", path, dir)
		}
		return nil // what else is wrong is found by whoever reads it
	})
}

// removeLitter removes empty files that the engine leaves where it is killed, and
// that mislead it at its next start: those with which it finds out whether it can
// write, which it takes for accounts, and blocks that it had not given their key
// yet, over which it deletes all of their stream.
func removeLitter(dir string, encrypted bool) error {
	dir = filepath.Join(dir, "jetstream")
	litter, _ := fs.Glob(os.DirFS(dir), "_test_*")
	blocks, _ := fs.Glob(os.DirFS(dir), "*/streams/*/msgs/*.blk")
	for _, block := range blocks {
		info, err := os.Stat(filepath.Join(dir, block))
		if encrypted && err == nil && info.Size() == 0 && !exists(dir, strings.TrimSuffix(block, "blk")+"key") {
			litter = append(litter, block)
		}
	}
	var err error
	for _, name := range litter {
		err = errors.Join(err, os.Remove(filepath.Join(dir, name)))
	}
	return err
}

// quota is 80 % of what is free or ours already: reaching it gives a clear error
// from which the store recovers, while a full disk does not until a restart.
func quota(dir string) int64 {
	free, err := free(dir)
	if err != nil {
		return 1 << 30
	}
	return max(64<<20, (free+used(dir))/10*8)
}

// room refuses where a second store would not fit beside the first.
func room(dir string) error {
	free, err := free(dir)
	if err != nil {
		return unusable(err)
	}
	if need := used(dir)/10*11 + 16<<20; free < need {
		return fmt.Errorf("it is written a second time, which needs %d MB, and %d MB are free: make room on the disk of %s", need>>20, free>>20, dir)
	}
	return nil
}

// free is how many bytes the disk of dir has left for us.
func free(dir string) (int64, error) {
	var st unix.Statfs_t
	err := unix.Statfs(dir, &st)
	return int64(st.Bavail) * int64(st.Bsize), err // of other types elsewhere
}

// used is how many bytes the files below dir take.
func used(dir string) (total int64) {
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil {
				total += info.Size()
			}
		}
		return nil // what cannot be read is not counted
	})
	return total
}

// scrub reads through everything after an unclean stop, for the engine may have
// counted what it cannot hand out. It does not hold up the start: what it finds
// is for Healthy to say.
func (w *water) scrub(b *Bus) {
	names, err := b.Streams(w.ctx)
	for _, name := range names {
		n, failed := b.unreadable(w.ctx, name)
		if n > 0 {
			failed = fmt.Errorf("store: %d messages of stream %s are there but cannot be read: restore a backup, or start once with --accept-loss to go on without them", n, name)
		}
		err = errors.Join(err, failed)
	}
	if w.ctx.Err() != nil {
		return // the next start does it
	}
	if err != nil {
		b.log.Error("the store is damaged", zap.Error(err))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.scrubbed, w.unreadable = true, err
}

// unreadable is how many messages of a stream are neither handed out nor deleted.
func (b *Bus) unreadable(ctx context.Context, name string) (n uint64, err error) {
	s, err := b.leader(ctx, name)
	if err != nil {
		return 0, err
	}
	began := s.CachedInfo().State
	missing, read := gaps{next: began.FirstSeq}, uint64(0)
	err = b.walk(ctx, walk{stream: s, filter: ">", headers: true}, func(_ jetstream.Msg, m *jetstream.MsgMetadata) error {
		if seq := m.Sequence.Stream; seq >= missing.next && seq <= began.LastSeq {
			missing.until(seq)
			read++
		}
		return nil
	})
	if err != nil || read == began.Msgs {
		return 0, err
	}
	missing.until(began.LastSeq + 1)
	now, err := s.Info(ctx, jetstream.WithDeletedDetails(true))
	if err != nil {
		return 0, err
	}
	return missing.without(now.State.FirstSeq, now.State.Deleted), nil
}

// gaps are the numbers that were not handed out: a bucket overwrites many in a row.
type gaps struct {
	next uint64
	rows []row
}

// row is the numbers from one to before the other.
type row struct{ from, to uint64 }

// until notes that seq came after what was noted before.
func (g *gaps) until(seq uint64) {
	if seq > g.next {
		g.rows = append(g.rows, row{g.next, seq})
	}
	g.next = seq + 1
}

// without is how many of them are neither before first nor deleted.
func (g *gaps) without(first uint64, deleted []uint64) (n uint64) {
	for _, r := range g.rows {
		n += r.to - min(r.to, max(r.from, first))
	}
	for _, seq := range deleted {
		i := sort.Search(len(g.rows), func(i int) bool { return g.rows[i].to > seq })
		if i < len(g.rows) && g.rows[i].from <= seq && seq >= first {
			n--
		}
	}
	return n
}

// damaged is what the scrub and the last mark found. Without marks there is none.
func (w *water) damaged() error {
	if w == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return errors.Join(w.lost, w.unreadable)
}

// states is what the engine says of each stream.
func (b *Bus) states() (map[string]state, error) {
	info, err := b.server.Jsz(&server.JSzOptions{Accounts: true, Streams: true, Config: true})
	if err != nil {
		return nil, fmt.Errorf("look at the streams: %w", err)
	}
	states := map[string]state{}
	for _, account := range info.AccountDetails {
		for _, s := range account.Streams {
			c := s.Config
			states[s.Name] = state{
				Level: Level{Last: s.State.LastSeq, Messages: s.State.Msgs},
				counted: c.Retention == server.LimitsPolicy && c.Discard == server.DiscardNew && c.MaxAge == 0 &&
					!c.AllowMsgTTL && !c.AllowRollup && (c.MaxMsgsPer <= 0 || c.DiscardNewPer),
			}
		}
	}
	return states, nil
}
