package audit

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
)

// memory is a journal. Its fields are changed by tests that play the intruder.
type memory struct {
	mu      sync.Mutex
	entries []placed
	appends int
	// fail, if set, is asked before each append how many of the entries are
	// stored before which error.
	fail func(entries []Entry) (stored int, err error)
	// down is the answer to whoever asks for the last.
	down error
}

type placed struct {
	seq uint64
	Entry
}

func (m *memory) end() uint64 {
	if len(m.entries) == 0 {
		return 0
	}
	return m.entries[len(m.entries)-1].seq
}

func (m *memory) Append(ctx context.Context, after uint64, entries []Entry) (uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if m.end() != after {
		return 0, ErrConflict
	}
	m.appends++
	n, err := len(entries), error(nil)
	if m.fail != nil {
		n, err = m.fail(entries)
	}
	for _, e := range entries[:n] {
		m.entries = append(m.entries, placed{m.end() + 1, Entry{e.Key, bytes.Clone(e.Data)}})
	}
	return m.end(), err
}

func (m *memory) Last(context.Context) (uint64, Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.entries) == 0 || m.down != nil {
		return 0, Entry{}, m.down
	}
	e := m.entries[len(m.entries)-1]
	return e.seq, e.Entry, nil
}

func (m *memory) Each(_ context.Context, from uint64, f func(uint64, Entry) error) error {
	m.mu.Lock()
	entries := m.entries
	m.mu.Unlock()
	for _, e := range entries {
		if e.seq < from {
			continue
		}
		if err := f(e.seq, e.Entry); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) LastOf(_ context.Context, key string) (Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.down != nil {
		return Entry{}, m.down
	}
	for _, e := range slices.Backward(m.entries) {
		if e.Key == key {
			return e.Entry, nil
		}
	}
	return Entry{}, ErrNotFound
}

// clone copies deeply, so that a copy can be spoilt.
func (m *memory) clone() *memory {
	c := &memory{entries: slices.Clone(m.entries)}
	for i := range c.entries {
		c.entries[i].Data = bytes.Clone(c.entries[i].Data)
	}
	return c
}

func (m *memory) records(t testing.TB) []Record {
	t.Helper()
	records := make([]Record, len(m.entries))
	for i, e := range m.entries {
		var err error
		if records[i], err = decode(e.Data); err != nil {
			t.Fatal(err)
		}
	}
	return records
}

var testKey = bytes.Repeat([]byte{7}, 32)

// openLog opens a log whose checkpoints go to the returned file.
func openLog(t testing.TB, m Journal) (*Log, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "checkpoints")
	return reopen(t, m, path), path
}

func reopen(t testing.TB, m Journal, path string) *Log {
	t.Helper()
	l, err := Open(context.Background(), Options{Journal: m, Key: testKey, Practice: "Test practice", Checkpoints: path, Log: zap.NewNop()})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// acts are n different ones.
func acts(n int) []Act {
	list := make([]Act, n)
	for i := range list {
		list[i] = Act{By: "ada", From: "page", Do: "revealed", On: fmt.Sprintf("case%d", i), At: time.Unix(1_800_000_000+int64(i), 0)}
	}
	return list
}

// verify returns the report on a journal, without checkpoints if none are given.
func verify(t testing.TB, m *memory, checkpoints []byte) Report {
	t.Helper()
	r, err := Verify(context.Background(), m, testKey, bytes.NewReader(checkpoints))
	if err != nil {
		t.Fatal(err)
	}
	return r
}
