package learn

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"triage/internal/classify/lexicon"
	"triage/internal/classify/network"
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
	v := Keep(LearnVectors(lines, 2, func(float64) {}), all, nil)
	l := &Learner{Vectors: v, Shape: Shape{Filters: 32, Epochs: 12, Seed: 1}, Name: "test"}
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
		if n.Reading.Level(&a, len(e.Tokens)) == e.Level {
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
	v := Keep(LearnVectors(lines, 1, func(float64) {}), all, nil)
	if _, err := (&Learner{Vectors: v, Shape: Shape{Filters: 32, Epochs: 1}}).Network(es); err == nil {
		t.Error("a network of four texts")
	}
}

func TestVectorsComeBackFromTheirFile(t *testing.T) {
	_, lines := texts(300)
	v := Keep(LearnVectors(lines, 2, func(float64) {}), func(w string) bool { return w != "staff" }, []string{"hip", "elbow"})
	b, err := v.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadVectors(b)
	if err != nil {
		t.Fatal(err)
	}
	for w, want := range map[string]bool{"hip": true, "elbow": true, "office": true, "staff": false, "nowhere": false} {
		row := got.row(lexicon.Input{Word: w, Lang: "en"})
		if row >= 0 != want {
			t.Errorf("%q is known: %v, want %v", w, row >= 0, want)
		}
		if row < 0 {
			continue
		}
		for i, x := range v.of(v.row(lexicon.Input{Word: w, Lang: "en"})) {
			if d := x - got.of(row)[i]; d > .02 || d < -.02 {
				t.Fatalf("%q: number %d was %v and is %v", w, i, x, got.of(row)[i])
			}
		}
	}
	for _, n := range []int{0, 5, len(vectorMagic) + 2, len(b) / 2, len(b) - 1} {
		if _, err := ReadVectors(b[:n]); err == nil {
			t.Errorf("cut to %d of %d bytes, and it is read", n, len(b))
		}
	}
}

// TestVectorInstructionsGiveTheSameBits: a file is the same whether the
// processor has them or not.
func TestVectorInstructionsGiveTheSameBits(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	some := func(n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(rng.NormFloat64())
		}
		return x
	}
	const d, n = 40, 32
	a, w := some(2*tileRows*d), some(n*d)
	packed := make([]float32, n*d)
	pack(packed, w, n, d)
	got, want := make([]float32, 2*tileRows*n), make([]float32, 2*tileRows*n)
	multiply(got, a, packed, 2*tileRows, d, n)
	for p := 0; p < n; p += panel {
		for r := 0; r < 2*tileRows; r += tileRows {
			tileGo(d, a[r*d:], d, packed[p*d:], want[r*n+p:], n)
		}
	}
	if !slices.Equal(got, want) {
		t.Error("another product")
	}
	for r := range 2 * tileRows {
		for c := range n {
			sum := 0.0
			for i := range d {
				sum += float64(a[r*d+i]) * float64(w[c*d+i])
			}
			if e := sum - float64(want[r*n+c]); e > 1e-4 || e < -1e-4 {
				t.Fatalf("row %d, column %d is %v, want %v", r, c, want[r*n+c], sum)
			}
		}
	}
	if x, y := some(64), some(64); dot(x, y) != dotGo(x, y) {
		t.Error("another dot product")
	}
	y := some(64)
	z := slices.Clone(y)
	x := some(64)
	axpy(.3, x, y)
	axpyGo(.3, x, z)
	if !slices.Equal(y, z) {
		t.Error("another sum")
	}
}
