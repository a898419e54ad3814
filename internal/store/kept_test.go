package store

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"triage/internal/respond"
	"triage/internal/respond/desktest"
)

// lightOnes are cases as memory has them, some packed and some not, and what they are.
func lightOnes(t *testing.T, r desktest.Random, n int) (ones []*kept, want []respond.Case) {
	t.Helper()
	packed := 0
	for i := range n {
		c := r.Case()
		c.Comment.ID = fmt.Sprint("case", i)
		k := kept{whole: &c}.Light()
		if k.whole == nil {
			packed++
		}
		ones, want = append(ones, &k), append(want, c.Light())
	}
	if packed < n/50 || packed > n*9/10 {
		t.Fatalf("%d of %d cases are packed", packed, n)
	}
	return ones, want
}

// A case in memory is the same packed and not, also after the index was saved and read
// again; and what was saved damaged is refused and nothing worse.
func TestKeptCasesAreTheSame(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := desktest.Random{Rand: rand.New(rand.NewPCG(seed, 1))}
	ones, want := lightOnes(t, r, 500)
	read := func(data []byte, n int) ([]*kept, error) {
		out := make([]*kept, n)
		for i := range out {
			out[i] = &kept{}
		}
		return out, kept{}.Unpack(data, out)
	}
	again, err := read(kept{}.Pack(ones), len(ones))
	must(t, err)
	for _, all := range [][]*kept{ones, again} {
		for i, k := range all {
			if got := k.form(); !reflect.DeepEqual(*got, want[i]) || k.Key() != want[i].ID() || k.Whole() {
				t.Fatalf("case %d is\n%+v, want\n%+v", i, *got, want[i])
			}
			if twice := k.Light(); !reflect.DeepEqual(twice.form(), k.form()) {
				t.Fatalf("case %d made light twice is another", i)
			}
		}
	}
	few := kept{}.Pack(ones[:20])
	for n := range few {
		if _, err := read(few[:n], 20); err == nil {
			t.Fatalf("the first %d of %d bytes are taken for all", n, len(few))
		}
		broken := slices.Clone(few)
		broken[n] ^= byte(1 + r.IntN(255))
		if all, err := read(broken, 20); err == nil {
			for _, k := range all {
				_, _ = k.form(), k.Key() // whatever it is, it is survived
			}
		}
	}
}
