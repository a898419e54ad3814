package vault

import (
	"bytes"
	"context"
	"errors"
	"testing"
)

var errNone = errors.New("none")

type memory map[string][]byte

func (m memory) Create(_ context.Context, texts []Text) error {
	for _, t := range texts {
		if _, ok := m[t.Name]; !ok {
			m[t.Name] = t.Body
		}
	}
	return nil
}

func (m memory) Get(_ context.Context, name string) ([]byte, error) {
	if b, ok := m[name]; ok {
		return b, nil
	}
	return nil, errNone
}

func (m memory) Erase(_ context.Context, name string) error { delete(m, name); return nil }

func open(t *testing.T, m memory, key byte) *Vault {
	t.Helper()
	v, err := New(m, bytes.Repeat([]byte{key}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestKeptTextIsSealedAndOpens(t *testing.T) {
	m := memory{}
	v := open(t, m, 1)
	secret := []byte("CANARY my knee hurts")
	if err := v.Keep(t.Context(), []Text{{"a.1", secret}, {"b.1", secret}}); err != nil {
		t.Fatal(err)
	}
	for name, box := range m {
		if bytes.Contains(box, []byte("CANARY")) {
			t.Fatalf("%s is kept in plain", name)
		}
	}
	if bytes.Equal(m["a.1"], m["b.1"]) {
		t.Fatal("the same text sealed twice looks the same")
	}
	if got, err := v.Open(t.Context(), "a.1"); err != nil || !bytes.Equal(got, secret) {
		t.Fatalf("got %q, %v", got, err)
	}
}

func TestWhatDoesNotOpen(t *testing.T) {
	m := memory{}
	v := open(t, m, 1)
	if err := v.Keep(t.Context(), []Text{{"a.1", []byte("text")}}); err != nil {
		t.Fatal(err)
	}
	m["moved"] = m["a.1"]
	m["short"] = []byte{format, 2, 3}
	m["empty"] = nil
	m["newer"] = append([]byte{99}, m["a.1"][1:]...)
	flipped := bytes.Clone(m["a.1"])
	flipped[len(flipped)-1] ^= 1
	m["flipped"] = flipped
	for name := range m {
		if name == "a.1" {
			continue
		}
		if _, err := v.Open(t.Context(), name); !errors.Is(err, ErrSealed) {
			t.Errorf("%s: %v, want ErrSealed", name, err)
		}
	}
	if _, err := open(t, m, 2).Open(t.Context(), "a.1"); !errors.Is(err, ErrSealed) {
		t.Errorf("another key: %v, want ErrSealed", err)
	}
	if err := v.Erase(t.Context(), "a.1"); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Open(t.Context(), "a.1"); !errors.Is(err, errNone) {
		t.Errorf("erased: %v, want the store's error", err)
	}
}
