package bus

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"
)

// One flipped bit and an unclean stop cost the engine thousands of messages,
// and it says that all is well. Every such loss must be refused at the start,
// or, where the engine counts what it cannot read, make the store unhealthy.
func TestFlippedBitIsNeverASilentLoss(t *testing.T) {
	const n = 10_000
	flips := 25
	if long {
		flips = 200
	}
	_, dir := filled(t, n) // still open: the copies are of an unclean stop
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	var refused, told, garbled, lost, harmless int
	for range flips {
		path, data := damaged(t, dir, random.IntN, random.IntN(8))
		switch has, err := restarted(t, dir, path, data, n); {
		case errors.As(err, new(*LossError)):
			refused++
			lost += n - has
		case errors.Is(err, errGarbled):
			garbled++
		case err != nil:
			told++
			lost += n - has
		case has == n:
			harmless++
		default:
			t.Errorf("%s: goes on with %d of %d messages, without a word", path, has, n)
		}
	}
	t.Logf("%d flips of 10,000 messages (seed %d): %d refused, %d told by the scrub, %d handed out garbled, %d harmless; silent 0; %d messages lost on average",
		flips, seed, refused, told, garbled, harmless, lost/max(1, refused+told))
	if refused == 0 {
		t.Fatal("no flip did any damage: the test is blind")
	}
}

// The engine's checksum leaves out the length of a message's headers: with one
// bit of that flipped the message is counted and cannot be read.
func TestUnreadableMessageMakesTheStoreUnhealthy(t *testing.T) {
	const n = 300
	const lengthAt = 22 + len("comments.e00000") + 1 // in a record
	_, dir := filled(t, n)
	path, data := damaged(t, dir, func(int) int { return lengthAt }, 0)
	has, err := restarted(t, dir, path, data, n)
	if err == nil || has != n-1 || !strings.Contains(err.Error(), "1 messages of stream comments") {
		t.Fatalf("%d messages, %v; want all but one, and to hear of it", has, err)
	}
	_, err = restarted(t, dir, path, nil, n)
	if err != nil {
		t.Fatalf("undamaged: %v", err)
	}
}

// However many values were overwritten in a row, it takes one entry to tell.
func TestGapsAreCountedInRows(t *testing.T) {
	const last = 1000
	g, missing := gaps{next: 1}, 0
	var deleted []uint64
	first := uint64(100)
	for seq := uint64(1); seq <= last; seq++ {
		switch {
		case seq/50%2 == 0: // handed out
			g.until(seq)
		case seq%3 == 0:
			deleted = append(deleted, seq)
		case seq >= first:
			missing++
		}
	}
	deleted = append(deleted, 205, 1200) // deleted after it was handed out; written after the end
	g.until(last + 1)
	if n := g.without(first, deleted); n != uint64(missing) || len(g.rows) != 10 {
		t.Fatalf("%d in %d rows, want %d in 10", n, len(g.rows), missing)
	}
}

// damaged is a block of the store with one bit flipped.
func damaged(t *testing.T, dir string, choose func(int) int, bit int) (path string, data []byte) {
	t.Helper()
	blocks, err := filepath.Glob(filepath.Join(dir, "store/jetstream/$G/streams/comments/msgs/*.blk"))
	if err != nil {
		t.Fatal(err)
	}
	path = blocks[choose(len(blocks))%len(blocks)]
	if data, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	data[choose(len(data))] ^= 1 << bit
	path, err = filepath.Rel(dir, path)
	if err != nil {
		t.Fatal(err)
	}
	return path, data
}

// restarted starts on a copy of the store with other data in one file. It
// returns how many messages there are and whether that was refused or told.
func restarted(t *testing.T, dir, path string, data []byte, n int) (has int, err error) {
	t.Helper()
	copied := snapshot(t, dir)
	defer func() { _ = os.RemoveAll(copied) }()
	if data != nil {
		if err := os.WriteFile(filepath.Join(copied, path), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b, err := watered(copied, false, zap.NewNop())
	var loss *LossError
	switch {
	case errors.As(err, &loss):
		return int(loss.Has.Messages), err
	case err != nil:
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	b.water.scrubs.Wait()
	has, err = readable(t, b, n)
	return has, errors.Join(err, b.Healthy())
}

// errGarbled: bytes are handed out that are no event; a reader says so.
var errGarbled = errors.New("garbled")

// readable is how many of the first n events can be read and are right.
func readable(t *testing.T, b *Bus, n int) (whole int, err error) {
	t.Helper()
	stream, err := b.js.Stream(t.Context(), "comments")
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		m, failed := stream.GetMsg(t.Context(), uint64(i+1))
		var e event
		switch {
		case failed != nil && !errors.Is(failed, jetstream.ErrMsgNotFound):
			err = errGarbled // its headers run into its words: who reads it on is handed no event
		case failed != nil:
		case json.Unmarshal(m.Data, &e) != nil:
			err = errGarbled
		case e == events(i, i+1)[0]:
			whole++
		}
	}
	return whole, err
}

// The engine may be killed while it tries whether it can write, and after it began
// a block, before it gave it a key.
func TestKilledAmidItsFiles(t *testing.T) {
	for name, file := range map[string]string{"probe": "_test_123", "block": "$G/streams/comments/msgs/2.blk"} {
		t.Run(name, func(t *testing.T) {
			_, dir := filled(t, 10)
			dir = snapshot(t, dir)
			if err := os.WriteFile(filepath.Join(dir, "store/jetstream", file), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if n, err := readable(t, mustWatered(t, dir), 10); n != 10 {
				t.Fatalf("%d of 10 events, %v", n, err)
			}
		})
	}
}

// An engine that never gets ready is not waited for once nobody wants it.
func TestStartHeedsItsContext(t *testing.T) {
	b := &Bus{log: zap.NewNop()}
	var err error
	if b.server, err = server.NewServer(b.serverOptions(Options{Dir: t.TempDir()})); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	began := time.Now()
	if err := b.ready(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > startTimeout/4 {
		t.Fatalf("%v after %v", err, time.Since(began))
	}
}
