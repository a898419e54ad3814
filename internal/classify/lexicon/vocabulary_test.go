package lexicon

import (
	"testing"

	"triage/internal/classify/network"
)

func TestVocabulary(t *testing.T) {
	v := newVocabulary()
	hash := func(i int) uint64 { return network.Hash("", string(rune('a'+i))) }
	for i := range 1000 {
		v.at(hash(i)).little = uint16(i)
	}
	for i := range 1000 {
		if k := v.find(hash(i)); k == 0 || v.words[k].little != uint16(i) || v.at(hash(i)) != &v.words[k] {
			t.Fatalf("word %d is not where it was put", i)
		}
	}
	for i := 1000; i < 3000; i++ {
		if v.find(hash(i)) != 0 {
			t.Fatalf("word %d was never put in", i)
		}
	}
	// Words whose hashes share the upper half and the place are told apart.
	v.at(1<<40 | 5).little = 1
	if v.find(1<<40|5|1<<20) != 0 {
		t.Error("a word with half of its hash in common is found")
	}
}

func TestPrefixLengths(t *testing.T) {
	ls := lists(t)
	l := ls.terms["en"]
	for p := range l.prefixes {
		if len(p) <= longestPrefix && l.begins.of(p+"x")>>len(p)&1 == 0 {
			t.Errorf("no word that begins with %q would be found", p)
		}
	}
}
