package network

import (
	"fmt"
	"slices"
	"testing"
)

// TestHeldAnswers: what is said of words that are not tabulated does not depend
// on what was met before, nor on whether they were met together.
func TestHeldAnswers(t *testing.T) {
	w := weights(32)
	n := load(t, w)
	var long State
	for i := range 3 * held {
		words := []string{fmt.Sprint("name", i), fmt.Sprint("name", i/2), fmt.Sprint("other", i%7)}
		var fresh State
		n.Reset(&fresh)
		n.Reset(&long)
		for _, word := range words {
			n.Meet(&long, -1, word, Hash("", word))
		}
		n.Meet(&long, int32(n.Common+i%n.Rare), "", 0)
		for _, word := range words {
			n.Unknown(&fresh, word, Hash("", word), 0)
			n.Unknown(&long, word, Hash("", word), 0)
		}
		n.Word(&fresh, int32(n.Common+i%n.Rare), 0)
		n.Word(&long, int32(n.Common+i%n.Rare), 0)
		if !slices.Equal(fresh.rows, long.rows) {
			t.Fatalf("round %d: other answers after other texts", i)
		}
		var a, b Answer
		n.Answer(&fresh, &a)
		n.Answer(&long, &b)
		if a != b {
			t.Fatalf("round %d: %v, and %v after other texts", i, a, b)
		}
	}
}

// TestAStateServesAnotherNetwork: nothing of the one before is left.
func TestAStateServesAnotherNetwork(t *testing.T) {
	var s, fresh State
	for _, filters := range []int{64, 32} {
		n := load(t, weights(filters))
		fresh = State{}
		for _, state := range []*State{&s, &fresh} {
			n.Reset(state)
			n.Unknown(state, "name", Hash("", "name"), 0)
		}
		if !slices.Equal(s.rows, fresh.rows) {
			t.Errorf("%d filters: other answers after another network", filters)
		}
	}
}
