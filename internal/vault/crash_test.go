package vault

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
)

// TestCrashAnywhereThenRetry runs random sequences of acts in which every act
// is cut off at a random step and then done again, and compares with a map.
func TestCrashAnywhereThenRetry(t *testing.T) {
	const runs, acts = 300, 40
	crashes := 0
	for seed := range uint64(runs) {
		random := rand.New(rand.NewPCG(seed, 0))
		b, want := newBoth(), map[string]string{}
		for n := range acts {
			do := b.someAct(t, random, n, want)
			b.crashAt(random.IntN(14))
			if err := do(b.vault(t, 1)); errors.Is(err, errCrash) {
				crashes++
			} else if err != nil {
				t.Fatalf("seed %d, act %d: %v", seed, n, err)
			}
			b.restart()
			if err := do(b.vault(t, 1)); err != nil {
				t.Fatalf("seed %d, act %d again: %v", seed, n, err)
			}
			for name, text := range want {
				opens(t, b.vault(t, 1), name, text)
			}
		}
		for name := range b.texts.m {
			if _, ok := want[name]; !ok {
				t.Fatalf("seed %d: %s is left", seed, name)
			}
		}
	}
	if crashes < runs {
		t.Fatalf("%d crashes: the test shows nothing", crashes)
	}
	t.Logf("%d acts, %d cut off, 0 texts lost", runs*acts, crashes)
}

// TestCrashesWithoutRetry cuts act after act short and repeats none, until at the
// end everything is kept once more: then everything opens.
func TestCrashesWithoutRetry(t *testing.T) {
	const runs, acts = 300, 30
	var all []Text
	for _, name := range []string{"a.0", "a.1", "a.2", "b.0", "b.1", "c.0"} {
		all = append(all, Text{name, []byte("text of " + name)})
	}
	for seed := range uint64(runs) {
		random := rand.New(rand.NewPCG(seed, 1))
		b := newBoth()
		for range acts {
			b.crashAt(random.IntN(9))
			v, x := b.vault(t, 1), all[random.IntN(len(all))]
			var err error
			switch random.IntN(4) {
			case 0:
				err = v.Erase(t.Context(), x.Name)
			case 1:
				err = v.EraseAll(t.Context(), x.Name[:1])
			default:
				err = v.Keep(t.Context(), []Text{x, all[random.IntN(len(all))]})
			}
			if err != nil && !errors.Is(err, errCrash) {
				t.Fatalf("seed %d: %v", seed, err)
			}
		}
		b.restart()
		v := b.vault(t, 1)
		keep(t, v, all...)
		for _, x := range all {
			opens(t, v, x.Name, string(x.Body))
		}
	}
}

// someAct picks an act and notes in want what it comes to.
func (both) someAct(t *testing.T, random *rand.Rand, n int, want map[string]string) func(*Vault) error {
	name := func() string { return fmt.Sprintf("%c.%d", 'a'+random.IntN(4), random.IntN(3)) }
	switch random.IntN(4) {
	case 0:
		gone := name()
		delete(want, gone)
		return func(v *Vault) error { return v.Erase(t.Context(), gone) }
	case 1:
		gone := name()[:1]
		for k := range want {
			if strings.HasPrefix(k, gone) {
				delete(want, k)
			}
		}
		return func(v *Vault) error { return v.EraseAll(t.Context(), gone) }
	default:
		var texts []Text
		for range 1 + random.IntN(4) {
			x := Text{name(), fmt.Appendf(nil, "text %d", n)}
			if _, ok := want[x.Name]; !ok {
				want[x.Name] = string(x.Body)
			}
			texts = append(texts, x)
		}
		return func(v *Vault) error { return v.Keep(t.Context(), texts) }
	}
}

func TestManyKeepTheSameNames(t *testing.T) {
	b := newBoth()
	texts := []Text{{"a.1", []byte("one")}, {"b.1", []byte("two")}, {"c.1", []byte("three")}}
	v := b.vault(t, 1)
	var wg sync.WaitGroup
	for round := range 200 {
		for r := range 8 {
			wg.Go(func() {
				if r == 0 && round%3 == 0 {
					if err := v.Erase(t.Context(), "b.1"); err != nil {
						t.Error(err)
					}
				}
				if err := v.Keep(t.Context(), texts); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		keep(t, v, texts...)
		for _, x := range texts {
			opens(t, v, x.Name, string(x.Body))
		}
	}
}
