package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
)

// classifierFigures are of the classifier alone, with reasons, on one core.
type classifierFigures struct {
	Model      string  `json:"model"`
	Rate       float64 `json:"texts_per_second"`
	MBRate     float64 `json:"mb_per_second"`
	BareMBRate float64 `json:"bare_mb_per_second"`
	// Ratio is the classifier's rate divided by that of a bare scan.
	Ratio float64 `json:"ratio"`
	// Allocations are how often memory was taken, per text.
	Allocations float64     `json:"allocations_per_text"`
	Long        longFigures `json:"characters_2000"`
	// Ready is how long it took to make it the first time, in ms.
	Ready float64 `json:"ready_ms"`
	// Network and Program are their sizes in bytes; 0: not known.
	Network int   `json:"network_bytes"`
	Program int64 `json:"program_bytes"`
}

// longFigures are how long texts of 2,000 characters take, in ms.
type longFigures struct {
	P50 float64 `json:"p50_ms"`
	P99 float64 `json:"p99_ms"`
}

func (f classifierFigures) network() string {
	if f.Network == 0 {
		return ""
	}
	return fmt.Sprintf(", its network has %.1f MB", mega(f.Network))
}

// classifier measures it against a bare scan of the same bytes.
func (b *bench) classifier(ctx context.Context, f *benchFigures) error {
	began := used()
	c, err := classify.New(classify.Options{})
	if err != nil {
		return err
	}
	fig := &f.Classifier
	fig.Model, fig.Ready = c.Model(), milli(used()-began)
	fig.Network = c.Size()
	fig.Program = ownSize()

	var j classify.Judgement
	judge := func(text string) { c.Classify(ingest.Comment{Content: ingest.Content{Text: text}}, &j) }
	fig.Allocations = allocations(b.texts[:min(len(b.texts), 1000)], judge)
	times, in := b.repeat(ctx, "the classifier", judge)
	fig.Rate, fig.MBRate = rate(times*len(b.texts), in), rate(float64(times)*mega(f.Texts.Bytes), in)

	words := 0
	times, in = b.repeat(ctx, "a bare scan", func(text string) { words += countWords(text) })
	runtime.KeepAlive(words)
	fig.BareMBRate = rate(float64(times)*mega(f.Texts.Bytes), in)
	fig.Ratio = fig.MBRate / fig.BareMBRate
	fig.Long = long2000(min(len(b.texts), 1000), judge)
	return ctx.Err()
}

// repeat goes through all texts, again and again for 0.2 s at least, and
// returns how often that was and the processor time it took.
func (b *bench) repeat(ctx context.Context, what string, f func(text string)) (times int, took time.Duration) {
	began := used()
	for took < 200*time.Millisecond {
		for i, t := range b.texts {
			if f(t); i%1000 > 0 {
				continue
			}
			if ctx.Err() != nil {
				return 1, used() - began
			}
			if times == 0 {
				b.progress.say("%s: text %d", what, i+1)
			}
		}
		times++
		took = used() - began
	}
	return times, took
}

// countWords is as little as can be done with a text: it touches every byte.
func countWords(text string) (n int) {
	inside := false
	for i := range len(text) {
		space := text[i] == ' ' || text[i] == '\n' || text[i] == '\t'
		if inside && space {
			n++
		}
		inside = !space
	}
	return n
}

// long2000 takes the time of n single texts.
func long2000(n int, judge func(string)) longFigures {
	took := make([]time.Duration, n)
	texts := invented(60, 2000)
	for i := range took {
		began := used()
		judge(texts[i%len(texts)])
		took[i] = used() - began
	}
	slices.Sort(took)
	return longFigures{P50: milli(took[len(took)/2]), P99: milli(took[len(took)*99/100])}
}

func milli(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// allocations is how often f takes memory for a text that is not the first.
func allocations(texts []string, f func(text string)) float64 {
	var before, after runtime.MemStats
	for range 2 {
		runtime.ReadMemStats(&before)
		for _, t := range texts {
			f(t)
		}
		runtime.ReadMemStats(&after)
	}
	return float64(after.Mallocs-before.Mallocs) / float64(len(texts))
}

// ownSize is the size of the program's file, 0 if it cannot be told.
func ownSize() int64 {
	self, err := os.Executable()
	if err != nil {
		return 0
	}
	info, err := os.Stat(self)
	if err != nil {
		return 0
	}
	return info.Size()
}
