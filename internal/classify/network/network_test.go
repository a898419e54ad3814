package network

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// weights are of a network with random numbers: what it says means nothing,
// but how it is worked out can be checked.
func weights(filters int) *Weights {
	rng := rand.New(rand.NewPCG(1, 2))
	some := func(n int, by float64) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(rng.NormFloat64() * by)
		}
		return x
	}
	const size, words, parts = 32, 50, 40
	w := &Weights{Header: Header{Name: "test", Filters: filters, Size: size, Common: 30}}
	w.W = some(filters*offsets*(size+Tags), .2)
	w.Bias, w.Head, w.Out = some(filters*len(Widths), .2), some(Heads*filters*len(Widths)*Outputs, .2), some(Heads*Outputs, .2)
	for i := range words {
		w.Words = append(w.Words, Word{Hash("", string(rune('a'+i))), some(size, 1)})
	}
	for range parts {
		w.PartVectors = append(w.PartVectors, some(size, 1))
	}
	return w
}

func load(t *testing.T, w *Weights) *Network {
	t.Helper()
	b, err := Encode(w)
	if err != nil {
		t.Fatal(err)
	}
	n, err := Load(b)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// plain works a text out in real numbers, straight from the definition.
func plain(w *Weights, text []string, tags []uint64) []float64 {
	wide := w.Size + Tags
	columns := func(word string, tag uint64) []float64 {
		x := make([]float64, wide)
		if i := slices.IndexFunc(w.Words, func(k Word) bool { return k.Hash == Hash("", word) }); i >= 0 {
			for k, v := range w.Words[i].Vector {
				x[k] = float64(v)
			}
		} else if word != "" {
			ps := Parts(word, len(w.PartVectors), nil)
			for _, p := range ps {
				for k, v := range w.PartVectors[p] {
					x[k] += float64(v) / float64(len(ps))
				}
			}
		}
		for t := range Tags {
			x[w.Size+t] = float64(tag >> t & 1)
		}
		out := make([]float64, w.Filters*offsets)
		for c := range out {
			for k, v := range x {
				out[c] += v * float64(w.W[c*wide+k])
			}
		}
		return out
	}
	var rows [][]float64
	for i, word := range text {
		rows = append(rows, columns(word, tags[i]))
	}
	for range extra {
		rows = append(rows, columns("", 0))
	}
	out := make([]float64, Outputs)
	shares := Shares(len(text) - edges)
	weight := func(o, p int) (sum float64) {
		for k, share := range shares {
			sum += float64(share) * float64(w.Head[(k*Outputs+o)*w.Filters*len(Widths)+p])
		}
		return sum
	}
	for o := range out {
		out[o] = float64(shares[0])*float64(w.Out[o]) + float64(shares[1])*float64(w.Out[Outputs+o])
	}
	at := 0
	for k, width := range Widths {
		for f := range w.Filters {
			best := math.Inf(-1)
			for p := range text {
				sum := 0.0
				for o := range width {
					sum += rows[p+o][(at+o)*w.Filters+f]
				}
				best = max(best, sum)
			}
			p := k*w.Filters + f
			for o := range out {
				out[o] += max(best+float64(w.Bias[p]), 0) * weight(o, p)
			}
		}
		at += width
	}
	return out
}

func TestTablesAgreeWithTheNetwork(t *testing.T) {
	w := weights(32)
	n := load(t, w)
	var s State
	for _, text := range [][]string{{"a"}, {"b", "unknown", "c"}, strings.Split("q e a z T naïve j a a b [ w S n", " "), slices.Repeat([]string{"a", "q", "r", "s"}, 10), slices.Repeat([]string{"a", "t", "u", "s"}, 20)} {
		tags := make([]uint64, len(text))
		for i := range tags {
			tags[i] = uint64(i%3) << (7 * i % 60)
		}
		n.Reset(&s)
		for i, word := range text {
			if row, ok := n.Row(Hash("", word)); ok {
				n.Word(&s, row, tags[i])
			} else {
				n.Unknown(&s, word, Hash("", word), tags[i])
			}
		}
		var got Answer
		n.Answer(&s, &got)
		for o, want := range plain(w, text, tags) {
			if math.Abs(float64(got[o])-want) > 0.05*(1+math.Abs(want)) {
				t.Errorf("%v: output %d is %.3f, want %.3f", text, o, got[o], want)
			}
		}
	}
}

// steps are n whole numbers up to most.
func steps(rng *rand.Rand, n, most int) []int16 {
	x := make([]int16, n)
	for i := range x {
		x[i] = int16(rng.IntN(2*most+1) - most)
	}
	return x
}

// TestVectorInstructionsGiveTheSameBits: every machine answers alike.
func TestVectorInstructionsGiveTheSameBits(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, filters := range []int{32, 64, 96} {
		columns := filters * offsets
		table := make([]int8, columns)
		for i := range table {
			table[i] = int8(rng.IntN(255) - 127)
		}
		for _, places := range []int{1, 2, 7, 50} {
			rows := make([]int16, (places+extra)*columns)
			for p := range places {
				set(rows[p*columns:(p+1)*columns], table)
				add(rows[p*columns:(p+1)*columns], table)
				table = append(table[p+1:], table[:p+1]...)
			}
			got, want := make([]int16, filters*len(Widths)), make([]int16, filters*len(Widths))
			for i := range got {
				got[i], want[i] = math.MinInt16, math.MinInt16
			}
			pool(got, rows, filters, places)
			poolGo(want, rows, filters, places)
			if !slices.Equal(got, want) {
				t.Fatalf("%d filters, %d places: another greatest answer", filters, places)
			}
		}
		one, two := make([]int16, columns), make([]int16, columns)
		table = append(table, 1)
		set(one, table[:columns])
		setGo(two, table[:columns])
		add(one, table[:columns])
		addGo(two, table[:columns])
		if !slices.Equal(one, two) {
			t.Fatalf("%d filters: another sum", filters)
		}
		sum(one, table[:columns], table[1:])
		setGo(two, table[:columns])
		addGo(two, table[1:])
		if !slices.Equal(one, two) {
			t.Fatalf("%d filters: another sum of two", filters)
		}
	}
}

// TestVectorArithmeticGivesTheSameBits: as above, of what is multiplied.
func TestVectorArithmeticGivesTheSameBits(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, filters := range []int{32, 64, 96} {
		columns := filters * offsets
		x := make([]float32, columns)
		for i := range x {
			x[i] = float32(rng.NormFloat64())
		}
		one, two := make([]int16, columns), make([]int16, columns)
		w := steps(rng, 24*columns, 30_000)
		u, v := untold{steps(rng, 24, 1000), 1, one}, untold{steps(rng, 24, 1000), 1e-5, two}
		for _, scale := range []float32{1e-7, 1e-5, 1} { // the last one is cut off
			u.scale = scale
			project(&u, &v, w, x)
			for _, got := range []untold{u, v} {
				want := untold{got.vector, got.scale, make([]int16, columns)}
				projectGo(&want, w, x)
				if !slices.Equal(got.answer, want.answer) {
					t.Fatalf("%d filters: another answer to a vector", filters)
				}
			}
		}
		inputs := columns / lanes &^ 1
		a, b := [lanes]float32{1, -2}, [lanes]float32{1, -2}
		layer(&a, x[:inputs], x)
		layerGo(&b, x[:inputs], x)
		if a != b {
			t.Fatalf("%d filters: another linear layer", filters)
		}
		h, k := make([]float32, columns), make([]float32, columns)
		lift(h, one, x, x)
		liftGo(k, one, x, x)
		if !slices.Equal(h, k) {
			t.Fatalf("%d filters: the filters say something else", filters)
		}
	}
}

func TestVotesPointAtTheWordThatCounts(t *testing.T) {
	const output = 16
	w := weights(32)
	clear(w.W)
	clear(w.Bias)
	clear(w.Head)
	for k := range w.Size { // filter 5 of width 1 hears the word "k" alone
		w.W[5*(w.Size+Tags)+k] = w.Words['k'-'a'].Vector[k]
	}
	w.Head[output*w.Filters*len(Widths)+5] = 1
	n := load(t, w)
	var s State
	n.Reset(&s)
	for _, word := range []string{"a", "b", "k", "c"} {
		row, _ := n.Row(Hash("", word))
		n.Word(&s, row, 0)
	}
	var a Answer
	n.Answer(&s, &a)
	votes := n.Votes(&s, output, nil)
	if i := slices.Index(votes, slices.Max(votes)); i != 2 {
		t.Errorf("votes %v: want the third place", votes)
	}
}

// TestDamagedFilesAreRefused: cut anywhere, or changed in its head, a file is
// refused or read, but nothing breaks.
func TestDamagedFilesAreRefused(t *testing.T) {
	good, err := Encode(weights(32))
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; n < len(good); n += 1 + n/3 {
		if _, err := Load(good[:n]); err == nil {
			t.Fatalf("cut to %d of %d bytes, and it loads", n, len(good))
		}
	}
	refused := 0
	for i := range 400 {
		bad := slices.Clone(good)
		bad[i] ^= 1 << (i % 8)
		if _, err := Load(bad); err != nil {
			refused++
		}
	}
	if refused < 50 {
		t.Errorf("of 400 changes in the head only %d were refused", refused)
	}
}

func TestPartsOfAWord(t *testing.T) {
	// <ab> has <ab, ab>, and the whole is none of its parts; é is one letter.
	if n := len(Parts("ab", 1000, nil)); n != 2 {
		t.Errorf("ab has %d parts, want 2", n)
	}
	if a, b := len(Parts("écho", 1000, nil)), len(Parts("echo", 1000, nil)); a != b {
		t.Errorf("écho has %d parts, echo %d", a, b)
	}
}
