package bus

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"
)

const planted = "CANARY my knee hurts"

// fillStore writes a bit of everything: a topic of n events whose reader is half
// way, values that changed and one that expires, blobs of which the last were
// erased. It returns what is to be found afterwards.
func fillStore(t *testing.T, dir, key string, n int) string {
	t.Helper()
	b := start(t, dir, key)
	comments := openStream(t, b, jetstream.StreamConfig{Name: "comments", Subjects: []string{"comments.>"}})
	for i := range n {
		put(t, b, fmt.Sprint("comments.e", i), fmt.Sprint(planted, i))
	}
	readOn(t, comments, n/2)
	openStream(t, b, jetstream.StreamConfig{Name: "KV_cases", Subjects: []string{"$KV.cases.>"}, MaxMsgsPerSubject: 1, AllowMsgTTL: true, AllowRollup: true})
	for i := range 30 {
		put(t, b, fmt.Sprint("$KV.cases.k", i%10), planted)
	}
	put(t, b, "$KV.cases.lease", "{}", jetstream.WithMsgTTL(time.Second))
	texts := openStream(t, b, jetstream.StreamConfig{Name: "texts", Subjects: []string{"texts.>"}})
	for i := range 20 {
		put(t, b, fmt.Sprint("texts.", i), planted)
	}
	for _, seq := range []uint64{3, 4, 11, 19, 20} {
		if err := texts.SecureDeleteMsg(t.Context(), seq); err != nil {
			t.Fatal(err)
		}
	}
	found := inStore(t, b)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	return found
}

func openStream(t *testing.T, b *Bus, cfg jetstream.StreamConfig) jetstream.Stream {
	t.Helper()
	s, _, err := b.open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func put(t *testing.T, b *Bus, subject, data string, opts ...jetstream.PublishOpt) {
	t.Helper()
	if _, err := b.js.Publish(t.Context(), subject, []byte(data), opts...); err != nil {
		t.Fatal(err)
	}
}

// readOn lets the reader handle n messages and returns the first one's number.
func readOn(t *testing.T, s jetstream.Stream, n int) uint64 {
	t.Helper()
	c, err := s.CreateOrUpdateConsumer(t.Context(), jetstream.ConsumerConfig{Durable: "reader", AckPolicy: jetstream.AckExplicitPolicy})
	if err != nil {
		t.Fatal(err)
	}
	batch, err := c.Fetch(n)
	if err != nil {
		t.Fatal(err)
	}
	first := uint64(0)
	for m := range batch.Messages() {
		if first == 0 {
			first = sequence(m)
		}
		if err := m.DoubleAck(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return first
}

// inStore asks for every message by its number, and how far each reader is.
func inStore(t *testing.T, b *Bus) string {
	t.Helper()
	var found strings.Builder
	for _, name := range []string{"comments", "KV_cases", "texts"} {
		s, err := b.js.Stream(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		state := s.CachedInfo().State
		if name != "KV_cases" { // there the end of what expires is a message too
			fmt.Fprintf(&found, "%s has come to %d\n", name, state.LastSeq)
		}
		for seq := uint64(1); seq <= state.LastSeq; seq++ {
			m, err := s.GetMsg(t.Context(), seq)
			if errors.Is(err, jetstream.ErrMsgNotFound) || err == nil && m.Header.Get(jetstream.MsgTTLHeader) != "" {
				continue // erased, or it ends by itself
			}
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&found, "%d %s %s %v %s\n", seq, m.Time, m.Subject, m.Header, m.Data)
		}
		infos := s.ListConsumers(t.Context())
		for c := range infos.Info() {
			fmt.Fprintf(&found, "%s at %d\n", c.Name, c.AckFloor.Stream)
		}
	}
	return found.String()
}

func rekeying(dir, old, new string) Rekeying {
	return Rekeying{Options: Options{Dir: dir, Key: []byte(new), Log: zap.NewNop()}, Old: []byte(old)}
}

// storeHolds opens the store under the key and compares what is in it.
func storeHolds(t *testing.T, dir, key, want string) {
	t.Helper()
	b := start(t, dir, key)
	found := inStore(t, b)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if found != want {
		t.Fatalf("%d bytes of messages, want %d: the store is not the same", len(found), len(want))
	}
	if _, err := os.Stat(filepath.Join(dir, secondDir)); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("the second store was left behind: %v", err)
	}
}

// filesOf is every file's content, apart from who holds the lock.
func filesOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "lock" {
			return err
		}
		data, err := os.ReadFile(path)
		files[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func count(files map[string]string, what string) (n int) {
	for _, data := range files {
		n += strings.Count(data, what)
	}
	return n
}

func TestRekeyKeepsEverything(t *testing.T) {
	dir := t.TempDir()
	want := fillStore(t, dir, "", 600)
	if n := count(filesOf(t, dir), planted); n < 10 {
		t.Fatalf("the planted text is in a plain store %d times: the scan sees nothing", n)
	}
	asked := 0
	r := rekeying(dir, "", "one")
	r.Before = func() error { asked++; return nil }
	for range 2 { // twice is harmless
		if err := Rekey(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		storeHolds(t, dir, "one", want)
	}
	if n := count(filesOf(t, dir), planted); n != 0 || asked != 1 {
		t.Fatalf("the planted text is there %d times, Before was called %d times; want 0 and 1", n, asked)
	}
	if err := Rekey(t.Context(), rekeying(dir, "one", "two")); err != nil {
		t.Fatal(err)
	}
	storeHolds(t, dir, "two", want)
	b := start(t, dir, "two")
	comments, err := b.js.Stream(t.Context(), "comments")
	if err != nil {
		t.Fatal(err)
	}
	if first := readOn(t, comments, 300); first != 301 {
		t.Fatalf("the reader went on with message %d, want 301", first)
	}
}

// wayBack is what an operator is told once the new key is in the key file.
const wayBack = "take the first line, the new key, out of the key file"

func TestRekeyRefusesAndTouchesNothing(t *testing.T) {
	dir := t.TempDir()
	want := fillStore(t, dir, "one", 100)
	before := filesOf(t, dir)
	unready := rekeying(dir, "one", "two")
	unready.Before = func() error { return errors.New("the key file is not writable") }
	for name, r := range map[string]Rekeying{
		"give the right key file": rekeying(dir, "wrong", "two"), "key_file": rekeying(dir, "", "two"), "not writable": unready,
	} {
		if err := Rekey(t.Context(), r); err == nil || !strings.Contains(err.Error(), name) {
			t.Fatalf("got %v, want a refusal that says %q", err, name)
		} else if strings.Contains(err.Error(), wayBack) {
			t.Fatalf("%v tells of a line that was never put there", err)
		}
		if name == "not writable" {
			break // the engine ran meanwhile
		}
		if after := filesOf(t, dir); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Fatalf("%q: the store changed", name)
		}
	}
	storeHolds(t, dir, "one", want)
	if err := Rekey(t.Context(), rekeying(t.TempDir(), "one", "two")); !errors.Is(err, ErrNotFound) {
		t.Fatalf("no store: %v, want ErrNotFound", err)
	}
	start(t, dir, "one")
	if err := Rekey(t.Context(), rekeying(dir, "one", "two")); err == nil || !strings.Contains(err.Error(), "in use by process") {
		t.Fatalf("a store in use: %v", err)
	}
}

func TestRekeyOfADamagedStoreLeavesIt(t *testing.T) {
	dir := t.TempDir()
	fillStore(t, dir, "one", 600)
	block := filepath.Join(dir, "jetstream", "$G", "streams", "comments", "msgs", "1.blk")
	data, err := os.ReadFile(block)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(block, data, 0o600); err != nil {
		t.Fatal(err)
	}
	placed := rekeying(dir, "one", "two")
	placed.Before = func() error { return nil }
	for _, r := range []Rekeying{placed, rekeying(dir, "one", "two")} {
		err := Rekey(t.Context(), r)
		if err == nil || !strings.Contains(err.Error(), "of the 600 messages of comments 599 can be read") || !strings.Contains(err.Error(), wayBack) {
			t.Fatalf("got %v, want the one that is lost, and the way back", err)
		}
	}
	if i, err := KeyOf(dir, [][]byte{[]byte("two"), []byte("one")}); i != 1 || err != nil {
		t.Fatalf("the store is under key %d, %v, want the old one", i, err)
	}
	if exists(dir, secondDir) {
		t.Fatal("the second store was left behind")
	}
	resigned := rekeying(dir, "one", "two")
	resigned.AcceptLoss = true
	if err := Rekey(t.Context(), resigned); err != nil {
		t.Fatal(err)
	}
	b := start(t, dir, "two")
	if s, err := b.js.Stream(t.Context(), "comments"); err != nil || s.CachedInfo().State.Msgs != 599 {
		t.Fatalf("%+v, %v, want 599 messages", s.CachedInfo().State, err)
	}
}
