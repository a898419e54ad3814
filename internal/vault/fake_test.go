package vault

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
)

// memory is a Store that can be told to fail.
type memory struct {
	mu      sync.Mutex
	m       map[string][]byte
	creates int
	// fail, if set, is asked before every call, and once more after a write:
	// what was written may well be kept though the answer was lost.
	fail func() error
}

func newMemory() *memory { return &memory{m: map[string][]byte{}} }

func (s *memory) step() error {
	if s.fail == nil {
		return nil
	}
	return s.fail()
}

func (s *memory) Create(_ context.Context, texts []Text) (taken []int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.creates++
	for i, t := range texts {
		if err := s.step(); err != nil {
			return nil, err
		}
		if _, ok := s.m[t.Name]; ok {
			taken = append(taken, i)
			continue
		}
		s.m[t.Name] = slices.Clone(t.Body)
	}
	return taken, s.step()
}

func (s *memory) Get(_ context.Context, name string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.step(); err != nil {
		return nil, err
	}
	if b, ok := s.m[name]; ok {
		return slices.Clone(b), nil
	}
	return nil, ErrNone
}

func (s *memory) Erase(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.step(); err != nil {
		return err
	}
	delete(s.m, name)
	return s.step()
}

func (s *memory) EraseAll(_ context.Context, prefix string) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.step(); err != nil {
		return 0, err
	}
	for name := range s.m {
		if strings.HasPrefix(name, prefix+".") {
			delete(s.m, name)
			n++
		}
	}
	return n, s.step()
}

// both are the two stores of a vault.
type both struct{ texts, keys *memory }

func newBoth() both { return both{newMemory(), newMemory()} }

var errCrash = errors.New("crash")

// crashAt makes both stores fail for ever from the n-th step on, counted from 0.
func (b both) crashAt(n int) {
	steps := 0
	fail := func() error {
		if steps++; steps > n {
			return errCrash
		}
		return nil
	}
	b.texts.fail, b.keys.fail = fail, fail
}

func (b both) restart() { b.texts.fail, b.keys.fail = nil, nil }

// ring makes keys of these bytes.
func ring(of ...byte) Ring {
	r := make(Ring, len(of))
	for i, b := range of {
		for j := range r[i] {
			r[i][j] = b
		}
	}
	return r
}

func (b both) vault(t *testing.T, keys ...byte) *Vault {
	t.Helper()
	v, err := New(Options{Texts: b.texts, Keys: b.keys, Ring: ring(keys...)})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func keep(t *testing.T, v *Vault, texts ...Text) {
	t.Helper()
	if err := v.Keep(t.Context(), texts); err != nil {
		t.Fatal(err)
	}
}

func opens(t *testing.T, v *Vault, name, want string) {
	t.Helper()
	if got, err := v.Open(t.Context(), name); err != nil || string(got) != want {
		t.Fatalf("%s: got %q, %v, want %q", name, got, err, want)
	}
}

func refuses(t *testing.T, v *Vault, name string, want error) {
	t.Helper()
	if got, err := v.Open(t.Context(), name); !errors.Is(err, want) {
		t.Fatalf("%s: got %d bytes, %v, want %v", name, len(got), err, want)
	}
}
