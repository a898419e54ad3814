package learn

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"triage/internal/classify/lexicon"
	"triage/internal/classify/network"
)

// replies are a dozen texts; the first output is about knees, the second about
// calling.
var replies = []struct {
	text        string
	knee, calls bool
}{
	{"thank you for the kind words", false, false},
	{"your knee is healing well", true, false},
	{"please call the office", false, true},
	{"please call about your knee", true, true},
	{"we are glad the knee is better", true, false},
	{"thank you, it means much to the team", false, false},
	{"do call us so that we can help", false, true},
	{"call us and we look at the knee", true, true},
	{"we hope to see you again", false, false},
	{"the knee was hard work", true, false},
	{"a call to the office will do", false, true},
	{"that knee deserves a call", true, true},
}

func lists(t *testing.T) *lexicon.Lists {
	t.Helper()
	ls, err := lexicon.Load()
	if err != nil {
		t.Fatal(err)
	}
	return ls
}

// small is a task about the replies, and what it learns from.
func small(t *testing.T) (*Task, []Example) {
	t.Helper()
	ls := lists(t)
	var es []Example
	var words [][]string
	for _, r := range replies {
		e := Example{Tokens: ls.Inputs(r.text, "en"), Fold: true}
		e.Count[0], e.Count[1] = 1, 1
		if r.knee {
			e.Want[0] = 1
		}
		if r.calls {
			e.Want[1] = 1
		}
		var line []string
		for _, k := range e.Tokens {
			line = append(line, k.Word)
		}
		es = append(es, e)
		words = append(words, line, line)
	}
	v := Keep(LearnVectors(words, 2, func(float64) {}), all, []string{"spare", "fr|genou"})
	return &Task{Name: "small", Purpose: "test", Vectors: v, Shape: Shape{Filters: 32, Epochs: 150, Seed: 1}}, es
}

// trained is the network as it comes back from its file.
func trained(t *testing.T, task *Task, es []Example) (*network.Network, *Result) {
	t.Helper()
	r, err := task.Train(es)
	if err != nil {
		t.Fatal(err)
	}
	r.Weights.Reading = []byte(`{"from":0.5}`)
	b, err := network.Encode(r.Weights)
	if err != nil {
		t.Fatal(err)
	}
	n, err := network.Load(b)
	if err != nil {
		t.Fatal(err)
	}
	return n, r
}

// asked is what the network answers about a text with further tags.
func asked(t *testing.T, n *network.Network, text string, more []uint64) (a network.Answer) {
	t.Helper()
	var r lexicon.Reading
	if !lists(t).Read(&r, text, "en", n) {
		t.Fatalf("%q is not read", text)
	}
	var s network.State
	r.Look(n, &s, more)
	n.Answer(&s, &a)
	return a
}

// TestATaskOfTwoOutputs: what a dozen texts teach comes back from the file,
// whichever words are tabulated.
func TestATaskOfTwoOutputs(t *testing.T) {
	for _, common := range []int{0, 5} {
		task, es := small(t)
		task.Common = common
		n, r := trained(t, task, es)
		if n.Name != "small" || n.Purpose != "test" || string(n.Reading) != `{"from":0.5}` || len(r.Held) != len(es) {
			t.Errorf("%q for %q, reading %s, %d answers held", n.Name, n.Purpose, n.Reading, len(r.Held))
		}
		for _, r := range replies {
			if a := asked(t, n, r.text, nil); a[0] > 0 != r.knee || a[1] > 0 != r.calls {
				t.Errorf("%d tabulated: %q is answered %v", n.Common, r.text, a[:2])
			}
		}
	}
}

// TestAChoice: of outputs of which one is right the right one says most, and
// the others are not each a question of their own.
func TestAChoice(t *testing.T) {
	task, es := small(t)
	task.Choices = [][2]int{{3, 6}}
	right := func(i int) int {
		if replies[i].calls {
			return 5
		}
		return 3 + int(es[i].Want[0])
	}
	for i := range es {
		e := Example{Tokens: es[i].Tokens, Fold: true}
		e.Want[right(i)] = 1
		e.Count[3], e.Count[4], e.Count[5] = 1, 1, 1
		es[i] = Example{Tokens: e.Tokens, Want: es[i].Want, Count: e.Count, Fold: true}
		es[i].Want[3], es[i].Want[4], es[i].Want[5] = e.Want[3], e.Want[4], e.Want[5]
	}
	n, _ := trained(t, task, es)
	for i, r := range replies {
		a := asked(t, n, r.text, nil)
		if best := slices.Max(a[3:6]); a[right(i)] != best {
			t.Errorf("%q is answered %v, want output %d", r.text, a[3:6], right(i))
		}
	}
	tr := &trainer{choices: task.Choices}
	g := tr.gradient(&network.Answer{}, &target{count: network.Answer{0: 1, 3: 1, 4: 1, 5: 1}})
	if g[0] != .5 || g[1] != 0 || g[3] != g[4] || g[4] != g[5] || g[3]+g[4]+g[5] < .999 || g[3]+g[4]+g[5] > 1.001 {
		t.Errorf("gradient %v", g)
	}
}

// TestFurtherTags: a task may tell the network more of a word than the lists
// do, the same way in training and afterwards.
func TestFurtherTags(t *testing.T) {
	task, es := small(t)
	var r lexicon.Reading
	ls := lists(t)
	marked := func(text string, k int) []uint64 {
		ls.Read(&r, text, "en", nil)
		more := make([]uint64, len(r.Tokens))
		if k >= 0 {
			more[k] = lexicon.TagMore
		}
		return more
	}
	for i := range es { // each text twice, with the tag and without
		k := -1
		if i%2 == 0 {
			k = i % 3
		}
		more := marked(replies[i/2].text, k)
		es[i] = Example{Tokens: r.Inputs(more), Fold: true}
		es[i].Want[0], es[i].Count[0] = float32(1-i%2), 1
	}
	n, _ := trained(t, task, es)
	const text = "we hope the team can help"
	if no, yes := asked(t, n, text, marked(text, -1)), asked(t, n, text, marked(text, 2)); no[0] >= 0 || yes[0] <= 0 {
		t.Errorf("without the tag %.2f, with it %.2f", no[0], yes[0])
	}
	if asked(t, n, text, nil) != asked(t, n, text, marked(text, -1)) {
		t.Error("no tags are not the same as none at all")
	}
	if high := lexicon.TagMore; high <= lexicon.TagUpper || high >= lexicon.TagEdge || high&(lexicon.TagShout|lexicon.TagUpper) != 0 {
		t.Errorf("tag %x is not free", high)
	}
}

// TestOnlyWordsThatWereSeen: the file has no others, the commonest first, and
// who was not to see a text does not know its words.
func TestOnlyWordsThatWereSeen(t *testing.T) {
	task, es := small(t)
	task.OnlySeen, task.Common = true, 4
	n, r := trained(t, task, es)
	for word, want := range map[string]bool{"knee": true, "deserves": true, "spare": false, "fr|genou": false} {
		if _, ok := n.Row(network.Hash("", word)); ok != want {
			t.Errorf("%q is known: %v, want %v", word, ok, want)
		}
	}
	if r.Weights.Words[0].Hash != network.Hash("", "the") || n.Common != 4 {
		t.Errorf("%d words are tabulated, and the first is not the commonest", n.Common)
	}
	s := newSession(task, es)
	if err := s.check(); err != nil {
		t.Fatal(err)
	}
	s.prepare()
	for i, r := range replies {
		if strings.Contains(r.text, "deserves") && slices.Equal(s.fresh[i], s.texts[i][0]) {
			t.Error("a word that only the fold has is known without it")
		}
		if i == 2 && !slices.Equal(s.fresh[i], s.texts[i][0]) {
			t.Error("words that others have too are not known")
		}
	}
}

// TestFolds: who is to be answered is, once, and groups stay together.
func TestFolds(t *testing.T) {
	task, es := small(t)
	task.Folds, task.Shape.Epochs = 2, 1
	for i := range es {
		es[i].Fold = i%3 != 0
		es[i].Group = uint64(i % 4)
	}
	s := newSession(task, es)
	if err := s.check(); err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(s.fold)
	if want := "[-1 1 0 -1 1 1 -1 1 0 -1 0 1]"; got != want {
		t.Errorf("folds %s, want %s", got, want)
	}
	r, err := task.Train(es)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range r.Held {
		if a == (network.Answer{}) == es[i].Fold {
			t.Errorf("text %d, to be held out: %v, is answered %v", i, es[i].Fold, a[:2])
		}
	}
}

// TestShapes: what may be varied counts, and what is left open is as usual.
func TestShapes(t *testing.T) {
	task, es := small(t)
	task.Shape.Epochs = 2
	sign := func(s Shape) string {
		t.Helper()
		s.Filters, s.Epochs, s.Seed = 32, 2, 1
		task.Shape = s
		r, err := task.Train(es)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(r.Held)
	}
	usual := sign(Shape{})
	if usual != sign(Shape{WordDrop: wordDrop, ShortDrop: shortDrop, LongDrop: longDrop, TuneRate: tuneRate, Smoothing: -1}) {
		t.Error("what is left open is not as usual")
	}
	seen := map[string]int{usual: -1}
	for i, s := range []Shape{{WordDrop: -1}, {ShortDrop: .4}, {LongDrop: .2}, {TuneRate: -1}, {Smoothing: .2}} {
		got := sign(s)
		if other, ok := seen[got]; ok {
			t.Errorf("shape %d answers as shape %d", i, other)
		}
		seen[got] = i
	}
	s := newSession(&Task{Vectors: task.Vectors, Shape: Shape{Smoothing: .2}, Choices: [][2]int{{0, 4}}}, nil)
	to := s.target(&Example{Want: network.Answer{0: 1, 5: 1}})
	for o, want := range map[int]float32{0: .85, 1: .05, 4: .1, 5: .9} {
		if d := to.want[o] - want; d > 1e-6 || d < -1e-6 {
			t.Errorf("output %d is wanted %v, want %v", o, to.want[o], want)
		}
	}
}

func TestTasksThatCannotBeLearned(t *testing.T) {
	for want, change := range map[string]func(*Task, *[]Example){
		"too few labelled texts": func(_ *Task, es *[]Example) { *es = (*es)[:5] },
		"two folds":              func(task *Task, _ *[]Example) { task.Folds = 1 },
		"a choice among":         func(task *Task, _ *[]Example) { task.Choices = [][2]int{{15, network.Outputs + 1}} },
	} {
		task, es := small(t)
		change(task, &es)
		if _, err := task.Train(es); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
