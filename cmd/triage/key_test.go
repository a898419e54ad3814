package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"triage/internal/bus"
)

type noted struct{ Name string }

func (n noted) Key() string { return n.Name }

// practiceStore is a stopped service whose store holds n notes.
func practiceStore(t *testing.T, n int) *service {
	t.Helper()
	s := &service{log: zap.NewNop()}
	s.cfg.Data.Dir = t.TempDir()
	s.cfg.Data.KeyFile = filepath.Join(s.cfg.Data.Dir, "practice.key")
	notes, close := openNotes(t, s)
	var batch []noted
	for i := range n {
		batch = append(batch, noted{fmt.Sprint("n", i)})
	}
	if err := notes.Publish(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	close()
	return s
}

// openNotes opens the store as the service does.
func openNotes(t *testing.T, s *service) (*bus.Topic[noted], func()) {
	t.Helper()
	k, err := loadKeys(s.cfg.Data.KeyFile, s.storeDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.underNewest(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	b, err := bus.Start(t.Context(), s.busOptions(k))
	if err != nil {
		t.Fatal(err)
	}
	notes, err := bus.NewTopic[noted](t.Context(), b, "notes")
	if err != nil {
		t.Fatal(err)
	}
	return notes, func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
}

// underKey fails unless the store is under the i-th of lines keys and holds n
// notes.
func underKey(t *testing.T, s *service, i, lines, n int) {
	t.Helper()
	k := mustLoad(t, s.cfg.Data.KeyFile)
	if at, err := bus.KeyOf(s.storeDir(), k.stores); at != i || err != nil || len(k.stores) != lines {
		t.Fatalf("the store is under key %d of %d, %v, want %d of %d", at, len(k.stores), err, i, lines)
	}
	if i > 0 {
		return
	}
	notes, close := openNotes(t, s)
	defer close()
	if got, err := notes.Count(t.Context()); int(got) != n || err != nil {
		t.Fatalf("%d notes, %v, want %d", got, err, n)
	}
}

func TestRotate(t *testing.T) {
	s := practiceStore(t, 300)
	var names []string
	for n := range 3 {
		name, err := s.rotate(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
		underKey(t, s, 0, n+2, 300)
	}
	m, err := readKeys(s.cfg.Data.KeyFile)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(names)
	for i, name := range names {
		if keyName(m[i]) != name {
			t.Errorf("key %d is %s, want %s", i, keyName(m[i]), name)
		}
	}
}

func TestRotationCutShortIsEndedByTheNext(t *testing.T) {
	for name, end := range map[string]func(*service) error{
		"rotate": func(s *service) error { _, err := s.rotate(t.Context()); return err },
		"start":  func(s *service) error { return s.underNewest(t.Context(), mustLoad(t, s.cfg.Data.KeyFile)) },
	} {
		t.Run(name, func(t *testing.T) {
			s := practiceStore(t, 100)
			m, err := readKeys(s.cfg.Data.KeyFile)
			if err != nil {
				t.Fatal(err)
			}
			if err := putFirst(s.cfg.Data.KeyFile, newKeyLine(), m); err != nil {
				t.Fatal(err)
			}
			underKey(t, s, 1, 2, 100)
			for range 2 { // twice is harmless to a start; to rotate it would be another key
				if err := end(s); err != nil {
					t.Fatal(err)
				}
				underKey(t, s, 0, 2, 100)
				if name == "rotate" {
					break
				}
			}
		})
	}
}

func TestRotateRefusesAndAddsNoKey(t *testing.T) {
	s := practiceStore(t, 10)
	refused := func(want string) {
		t.Helper()
		before, err := os.ReadFile(s.cfg.Data.KeyFile)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.rotate(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
		if after, _ := os.ReadFile(s.cfg.Data.KeyFile); !bytes.Equal(after, before) {
			t.Errorf("%q: the key file changed", want)
		}
	}
	_, stop := openNotes(t, s)
	refused("in use by process")
	stop()
	whole, err := os.ReadFile(s.cfg.Data.KeyFile)
	if err != nil {
		t.Fatal(err)
	}
	lines := func(lines ...string) {
		if err := os.WriteFile(s.cfg.Data.KeyFile, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	lines(keyLine(9))
	refused("give the right key file")
	full := []string{string(whole)}
	for i := range mostKeys - 1 {
		full = append(full, keyLine(byte(i)))
	}
	lines(full...)
	refused("take out the oldest")
	lines(string(whole))
	underKey(t, s, 0, 1, 10)
}

func TestRotateWithoutAStoreOfOurOwnAddsTheKey(t *testing.T) {
	s := &service{log: zap.NewNop()}
	s.cfg.Data.Dir, s.cfg.Data.KeyFile = t.TempDir(), keyFile(t, keyLine(1))
	if _, err := s.rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if k := mustLoad(t, s.cfg.Data.KeyFile); len(k.texts) != 2 {
		t.Fatalf("%d keys, want 2", len(k.texts))
	}
}

func TestServiceGoesOnUnderANewKey(t *testing.T) {
	t.Parallel()
	file := textFile(t, "c.txt", "I had a hip replacement here in May\n")
	d := newPractice(t, "", fmt.Sprintf("[[file]]\npath = %q\n", file))
	p := start(t, "run", "--config", d.config)
	seen := d.signIn(t, p.value("page"))
	eventually(t, 10*time.Second, "a case", func() bool { return len(seen.waiting()) == 1 })
	case1 := seen.waiting()[0]
	says(t, fails(t, "key", "rotate", "--config", d.config), "in use by process")
	p.stop()
	name := start(t, "key", "rotate", "--config", d.config).value("key")
	list := start(t, "key", "list", "--config", d.config)
	<-list.ended
	says(t, list.output(), name+"  current, the store is under it", "older texts and backups, ids and audit")
	line := start(t, "key", "rotate", "--print")
	<-line.ended
	path := filepath.Join(d.data, "practice.key")
	if err := os.WriteFile(path, []byte(line.output()+readFile(t, path)), 0o600); err != nil { // by hand
		t.Fatal(err)
	}
	p = start(t, "run", "--config", d.config)
	seen = d.signIn(t, p.value("page"))
	if got := seen.waiting(); len(got) != 1 || got[0] != case1 {
		t.Errorf("cases %v, want %s only: another id, or read once more", got, case1)
	}
	p.stop()
	if n := len(mustLoad(t, path).stores); n != 3 {
		t.Errorf("%d keys, want 3", n)
	}
}
