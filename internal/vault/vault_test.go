package vault

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
)

func TestKeptTextIsSealedAndOpens(t *testing.T) {
	b := newBoth()
	v := b.vault(t, 1)
	const secret = "CANARY my knee hurts"
	keep(t, v, Text{"a.1", []byte(secret)}, Text{"b.1", []byte(secret)}, Text{"c.1", nil})
	for name, box := range b.texts.m {
		if bytes.Contains(box, []byte("CANARY")) {
			t.Fatalf("%s is kept in plain", name)
		}
	}
	if bytes.Equal(b.texts.m["a.1"], b.texts.m["b.1"]) {
		t.Fatal("the same text sealed twice looks the same")
	}
	opens(t, v, "a.1", secret)
	opens(t, v, "c.1", "")
	refuses(t, v, "none", ErrNone)
	keep(t, v, Text{"a.1", []byte("another")})
	opens(t, v, "a.1", secret) // what was kept is left alone
}

func TestNoRingNoVault(t *testing.T) {
	if _, err := New(Options{Texts: newMemory(), Keys: newMemory()}); err == nil {
		t.Fatal("a vault without a key was made")
	}
}

func TestBatchIsTwoCreates(t *testing.T) {
	b := newBoth()
	var texts []Text
	for i := range 250 {
		texts = append(texts, Text{fmt.Sprintf("c%d.1", i), []byte("text")})
	}
	keep(t, b.vault(t, 1), texts...)
	if b.keys.creates != 1 || b.texts.creates != 1 {
		t.Fatalf("%d and %d creates, want 1 of keys and 1 of texts", b.keys.creates, b.texts.creates)
	}
}

func TestHugeTextsGoInPortions(t *testing.T) {
	b := newBoth()
	var texts []Text
	for i := range 40 {
		texts = append(texts, Text{fmt.Sprintf("c%d.1", i), bytes.Repeat([]byte{byte(i)}, 256<<10)})
	}
	texts = append(texts, Text{"huge.1", bytes.Repeat([]byte{7}, portionMost+1)})
	v := b.vault(t, 1)
	keep(t, v, texts...)
	if b.texts.creates != 4 {
		t.Errorf("%d creates, want 4: 16, 16 and 8 texts of 256 KiB, then the huge one", b.texts.creates)
	}
	for _, x := range texts {
		opens(t, v, x.Name, string(x.Body))
	}
}

func TestOlderKeysOpenWhatIsUnderThem(t *testing.T) {
	b := newBoth()
	b.texts.m["old.1"] = box(ring(1)[0], []byte{formatDirect}, []byte("first format"), []byte("old.1"))
	keep(t, b.vault(t, 1), Text{"a.1", []byte("one")})
	v := b.vault(t, 2, 1)
	keep(t, v, Text{"b.1", []byte("two")}, Text{"old.1", []byte("again")})
	for name, text := range map[string]string{"old.1": "first format", "a.1": "one", "b.1": "two"} {
		opens(t, v, name, text)
	}
	for name, key := range map[string]byte{"old.1": 2, "a.1": 2, "b.1": 1} {
		refuses(t, b.vault(t, key), name, ErrSealed)
	}
}

func TestEveryAlteredByteIsNoticed(t *testing.T) {
	b := newBoth()
	v := b.vault(t, 1)
	keep(t, v, Text{"a.1", []byte("some words of a person")})
	tried := 0
	for _, s := range []*memory{b.texts, b.keys} {
		whole := s.m["a.1"]
		for i := range whole {
			for bit := range 8 {
				s.m["a.1"] = bytes.Clone(whole)
				s.m["a.1"][i] ^= 1 << bit
				refuses(t, v, "a.1", ErrSealed)
				tried++
			}
			s.m["a.1"] = whole[:i]
			refuses(t, v, "a.1", ErrSealed)
		}
		s.m["a.1"] = whole
	}
	opens(t, v, "a.1", "some words of a person")
	t.Logf("%d bits turned, 0 unnoticed", tried)
}

func TestTextsCannotChangePlaces(t *testing.T) {
	b := newBoth()
	v := b.vault(t, 1)
	keep(t, v, Text{"a.1", []byte("one")}, Text{"b.1", []byte("two")})
	swap := func(m map[string][]byte) { m["a.1"], m["b.1"] = m["b.1"], m["a.1"] }
	for _, stores := range [][]*memory{{b.texts}, {b.keys}, {b.texts, b.keys}} {
		for _, s := range stores {
			swap(s.m)
		}
		refuses(t, v, "a.1", ErrSealed)
		refuses(t, v, "b.1", ErrSealed)
		for _, s := range stores {
			swap(s.m)
		}
	}
	opens(t, v, "a.1", "one")
}

func TestErasedTextNeverOpensAgain(t *testing.T) {
	b := newBoth()
	v := b.vault(t, 1)
	keep(t, v, Text{"a.1", []byte("one")}, Text{"a.2", []byte("two")}, Text{"ab.1", []byte("three")}, Text{"c.1", []byte("four")})
	backup := map[string][]byte{}
	for name, box := range b.texts.m {
		backup[name] = box
	}
	for range 2 { // twice is harmless
		if err := errors.Join(v.EraseAll(t.Context(), "a"), v.Erase(t.Context(), "c.1")); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"a.1", "a.2", "c.1"} {
		refuses(t, v, name, ErrNone)
		b.texts.m[name] = backup[name] // an old backup comes back
		refuses(t, v, name, ErrErased)
	}
	opens(t, v, "ab.1", "three")
	keep(t, v, Text{"a.1", []byte("new words")}) // over what is left of the old ones
	opens(t, v, "a.1", "new words")
}

func TestErasureCutShortHasTakenTheKeyFirst(t *testing.T) {
	for name, erase := range map[string]func(*Vault) error{
		"one": func(v *Vault) error { return v.Erase(t.Context(), "a.1") },
		"all": func(v *Vault) error { return v.EraseAll(t.Context(), "a") },
	} {
		b := newBoth()
		v := b.vault(t, 1)
		keep(t, v, Text{"a.1", []byte("one")})
		b.crashAt(2) // before and after the first of the two
		if err := erase(v); !errors.Is(err, errCrash) {
			t.Fatalf("%s: got %v, want it cut short", name, err)
		}
		b.restart()
		refuses(t, v, "a.1", ErrErased)
	}
}

func TestWrongRingDestroysNothing(t *testing.T) {
	b := newBoth()
	keep(t, b.vault(t, 1), Text{"a.1", []byte("one")})
	if err := b.vault(t, 2).Keep(t.Context(), []Text{{"a.1", []byte("one")}}); !errors.Is(err, ErrSealed) {
		t.Fatalf("got %v, want ErrSealed", err)
	}
	b.texts.m["newer"] = []byte{99, 1, 2}
	keep(t, b.vault(t, 1), Text{"newer", []byte("x")})
	if !bytes.Equal(b.texts.m["newer"], []byte{99, 1, 2}) {
		t.Fatal("what a newer version sealed was destroyed")
	}
	opens(t, b.vault(t, 1), "a.1", "one")
}
