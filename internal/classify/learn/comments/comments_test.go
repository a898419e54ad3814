package comments

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"triage/internal/classify/learn"
	"triage/internal/classify/lexicon"
	"triage/internal/classify/network"
	"triage/internal/classify/outputs"
)

// texts are made of two vocabularies and filler: what tells them apart is
// whether a word of the one follows "my".
func texts(n int) (es []Example, lines [][]string) {
	rng := rand.New(rand.NewPCG(9, 9))
	body := []string{"hip", "knee", "heart", "asthma", "rash"}
	filler := []string{"the", "office", "was", "kind", "and", "parking", "easy", "very", "thanks", "staff"}
	for i := range n {
		var words []string
		for range 6 + rng.IntN(10) {
			words = append(words, filler[rng.IntN(len(filler))])
		}
		at := rng.IntN(len(words))
		who := "a"
		if i%2 == 0 {
			who = "my"
		}
		words = slices.Insert(words, at, who, body[rng.IntN(len(body))])
		e := Example{Labels: Labels{Subject: 3}, Written: i%4 == 3}
		if i%2 == 0 {
			e.Labels = Labels{Level: 2}
			e.Kinds[0] = true
		}
		for _, w := range words {
			e.Tokens = append(e.Tokens, lexicon.Input{Word: w, Lang: "en"})
		}
		es, lines = append(es, e), append(lines, words)
	}
	return es, lines
}

func all(string) bool { return true }

func learned(t *testing.T, es []Example, lines [][]string) []byte {
	t.Helper()
	v := learn.Keep(learn.LearnVectors(lines, 2, func(float64) {}), all, nil)
	l := &Learner{Vectors: v, Shape: learn.Shape{Filters: 32, Epochs: 12, Seed: 1}, Name: "test"}
	b, err := l.Network(es)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestLearnsWhoseItIs(t *testing.T) {
	es, lines := texts(600)
	n, err := network.Load(learned(t, es, lines))
	if err != nil {
		t.Fatal(err)
	}
	var r outputs.Reading
	if err := json.Unmarshal(n.Reading, &r); err != nil {
		t.Fatal(err)
	}
	fresh, _ := texts(700)
	right := 0
	var s network.State
	for _, e := range fresh[600:] {
		n.Reset(&s)
		n.Blank(&s, lexicon.TagEdge)
		for _, k := range e.Tokens {
			row, ok := n.Row(network.Hash("", k.Word))
			if !ok {
				t.Fatalf("%q is not known", k.Word)
			}
			n.Word(&s, row, 0)
		}
		n.Blank(&s, lexicon.TagEdge)
		var a network.Answer
		n.Answer(&s, &a)
		if r.Level(&a, len(e.Tokens)) == e.Level {
			right++
		}
	}
	if right < 97 {
		t.Errorf("%d of 100 fresh texts are judged right", right)
	}
}

// TestSameInputSameBytes: two networks train side by side, and still the file
// is the same every time.
func TestSameInputSameBytes(t *testing.T) {
	es, lines := texts(120)
	first := learned(t, es, lines)
	if !bytes.Equal(first, learned(t, es, lines)) {
		t.Error("learned twice, and the files differ")
	}
	es[0].Level = 0
	if bytes.Equal(first, learned(t, es, lines)) {
		t.Error("another label, and the file is the same: this test sees nothing")
	}
}

func TestTooLittleToLearnFrom(t *testing.T) {
	es, lines := texts(4)
	v := learn.Keep(learn.LearnVectors(lines, 1, func(float64) {}), all, nil)
	if _, err := (&Learner{Vectors: v, Shape: learn.Shape{Filters: 32, Epochs: 1}}).Network(es); err == nil {
		t.Error("a network of four texts")
	}
}
