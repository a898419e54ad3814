package main

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"triage/internal/classify"
	"triage/internal/store"
)

// own are n labels of a practice.
func own(n int, from string, d int, weight float64) (out []outcome) {
	said := store.SaidByModel{Judged: true}
	if from == store.FromDecision {
		said.Level = classify.Clear
	}
	for range n {
		out = append(out, outcome{labelled: labelled{Level: &d, From: from, Weight: weight, Verdict: said}})
	}
	return out
}

func together(parts ...[]outcome) (all []outcome) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

func near(t *testing.T, what string, got estimate, share, low, high float64) {
	t.Helper()
	for _, pair := range [][2]float64{{got.Share, share}, {got.Low, low}, {got.High, high}} {
		if math.Abs(pair[0]-pair[1]) > 0.00006 {
			t.Errorf("%s: %.5f (%.5f to %.5f), want %.4f (%.4f to %.4f)", what, got.Share, got.Low, got.High, share, low, high)
			return
		}
	}
}

// The figures beside are computed by hand.
func TestPracticeFigures(t *testing.T) {
	// 150 were flagged, of which 100 are labelled; 1,000 were not, of which 200.
	f := practiceOf(together(
		own(60, store.FromDecision, 2, 1.5), own(20, store.FromDecision, 1, 1.5), own(20, store.FromDecision, 0, 1.5),
		own(2, store.FromSample, 2, 5), own(2, store.FromSample, 1, 5), own(196, store.FromSample, 0, 5)))
	if f.Decided != 100 || f.Sampled != 200 {
		t.Fatalf("%d decisions, %d samples", f.Decided, f.Sampled)
	}
	near(t, "precision", f.Precision["possible or clear"], 0.8, 0.7112, 0.8666)
	near(t, "precision of clear", f.Precision["clear"], 0.6, 0.5020, 0.6906)
	near(t, "missed", f.Missed["possible or clear"], 0.02, 0.0078, 0.0503)
	near(t, "missed clear", f.Missed["clear"], 0.01, 0.0027, 0.0357)
	near(t, "recall", f.Recall["possible or clear"], 120.0/140, 0.6486, 0.9501)
	for what, e := range map[string]estimate{"precision": f.Precision["possible or clear"], "missed": f.Missed["clear"]} {
		if e.TooFew {
			t.Errorf("%s: %d labels are too few", what, e.Of)
		}
	}
	if r := f.Recall["possible or clear"]; !r.TooFew || r.Of != 300 { // 30 points wide
		t.Errorf("recall %+v", r)
	}
	if e := f.Precision["urgent"]; !e.TooFew || e.Of != 0 || e.Low != 0 || e.High != 1 {
		t.Errorf("urgent of nothing: %+v", e)
	}
}

// Weeks of different size weigh differently, and such labels are less sure than
// as many equal ones: 10 that stand for 10 each and 40 for 1 are as sure as
// 140² / (10·10² + 40·1²) = 18.85 equal ones.
func TestWeightsCount(t *testing.T) {
	f := practiceOf(together(own(1, store.FromSample, 2, 10), own(9, store.FromSample, 0, 10), own(40, store.FromSample, 0, 1)))
	near(t, "missed", f.Missed["clear"], 10.0/140, 0.0156, 0.2724)
	if !f.Missed["clear"].TooFew {
		t.Error("50 unequal labels tell something")
	}
	// What stands for nothing counts as a decision and not in the weeks.
	f = practiceOf(together(own(30, store.FromDecision, 2, 0), own(100, store.FromSample, 0, 3)))
	if p, r := f.Precision["clear"], f.Recall["clear"]; p.Of != 30 || p.TooFew || r.Of != 100 || !r.TooFew || r.Low != 0 || r.High != 1 {
		t.Errorf("precision %+v, recall %+v", p, r)
	}
	near(t, "none missed", f.Missed["clear"], 0, 0, 0.0370)
}

func TestPracticeFiguresOnlyOfItsOwn(t *testing.T) {
	d := 2
	if f := practiceOf([]outcome{{labelled: labelled{Level: &d}}}); f != nil {
		t.Errorf("of labels from elsewhere: %+v", f)
	}
	var b bytes.Buffer
	printPractice(&b, practiceOf(own(5, store.FromSample, 0, 2)))
	for _, want := range []string{"0 decisions, 5 of the weekly sample", "too few to tell", "Wilson"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
}
