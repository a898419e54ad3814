package learn

import (
	"math/rand/v2"
	"slices"
	"testing"

	"triage/internal/classify/lexicon"
)

// lines are texts of a vocabulary, as words.
func lines(n int) (lines [][]string) {
	rng := rand.New(rand.NewPCG(9, 9))
	words := []string{"the", "office", "was", "kind", "and", "parking", "easy", "very", "thanks", "staff", "hip", "knee", "heart"}
	for range n {
		var line []string
		for range 6 + rng.IntN(10) {
			line = append(line, words[rng.IntN(len(words))])
		}
		lines = append(lines, line)
	}
	return lines
}

func all(string) bool { return true }

func TestVectorsComeBackFromTheirFile(t *testing.T) {
	v := Keep(LearnVectors(lines(300), 2, func(float64) {}), func(w string) bool { return w != "staff" }, []string{"hip", "elbow"})
	b, err := v.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadVectors(b)
	if err != nil {
		t.Fatal(err)
	}
	for w, want := range map[string]bool{"hip": true, "elbow": true, "office": true, "staff": false, "nowhere": false} {
		row := got.row(lexicon.Input{Word: w, Lang: "en"}, nil)
		if row >= 0 != want {
			t.Errorf("%q is known: %v, want %v", w, row >= 0, want)
		}
		if row < 0 {
			continue
		}
		for i, x := range v.of(v.row(lexicon.Input{Word: w, Lang: "en"}, nil)) {
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
