package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// scanFigures are of triage scan as a process of its own, on one core.
type scanFigures struct {
	Rate float64 `json:"texts_per_second"`
	// Peak is the most memory that was resident at once, in bytes; 0: not known.
	Peak int64 `json:"peak_bytes"`
	// FastText is empty where it is not installed.
	FastText []fastTextFigures `json:"fasttext"`
}

// fastTextFigures are of fasttext predict with one model.
type fastTextFigures struct {
	Name string  `json:"name"`
	Rate float64 `json:"texts_per_second"`
	// Ratio is the scan's rate divided by this one.
	Ratio float64 `json:"ratio"`
}

func (f scanFigures) peak() string {
	if f.Peak == 0 {
		return "unknown memory"
	}
	return fmt.Sprintf("%.0f MB", mega(f.Peak))
}

// scans measures whole processes.
func (b *bench) scans(ctx context.Context, f *benchFigures) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if err := b.writeTexts(); err != nil {
		return err
	}
	f.Scan.FastText = []fastTextFigures{}
	runs := [][]string{{self, "scan", "--format", "jsonl", b.file("texts.jsonl")}}
	for _, m := range fastTextModels {
		run, err := b.fastText(ctx, m)
		if errors.Is(err, exec.ErrNotFound) {
			break
		}
		if err != nil {
			return err
		}
		runs = append(runs, run)
		f.Scan.FastText = append(f.Scan.FastText, fastTextFigures{Name: "fastText, " + m.name})
	}
	best, err := b.best(ctx, runs)
	if err != nil {
		return err
	}
	f.Scan.Rate, f.Scan.Peak = rate(len(b.texts), best[0].used), best[0].peak
	for i := range f.Scan.FastText {
		other := &f.Scan.FastText[i]
		other.Rate = rate(len(b.texts), best[i+1].used)
		other.Ratio = f.Scan.Rate / other.Rate
	}
	return nil
}

// benchRounds is how often each program runs over the texts, in turn.
const benchRounds = 2

// best is how each program did when it did best.
func (b *bench) best(ctx context.Context, runs [][]string) ([]ranOnce, error) {
	best := make([]ranOnce, len(runs))
	for round := range benchRounds {
		b.progress.say("whole processes: round %d of %d", round+1, benchRounds)
		for i, run := range runs {
			p, err := runOnce(ctx, run)
			if err != nil {
				return nil, err
			}
			if round == 0 || p.used < best[i].used {
				best[i] = p
			}
		}
	}
	return best, nil
}

func (b *bench) file(name string) string { return filepath.Join(b.dir, name) }

// writeTexts writes the texts as scan reads them and, with labels to learn from
// and without, as fastText does: one a line.
func (b *bench) writeTexts() error {
	var objects, lines, labelled bytes.Buffer
	enc := json.NewEncoder(&objects)
	for i, t := range b.texts {
		if err := enc.Encode(map[string]string{"id": strconv.Itoa(i), "text": t}); err != nil {
			return err
		}
		line := strings.Join(strings.Fields(t), " ")
		fmt.Fprintln(&lines, line)
		if i < 5000 {
			fmt.Fprintf(&labelled, "__label__%d %s\n", i%3, line)
		}
	}
	return errors.Join(
		os.WriteFile(b.file("texts.jsonl"), objects.Bytes(), 0o600),
		os.WriteFile(b.file("texts.txt"), lines.Bytes(), 0o600),
		os.WriteFile(b.file("labelled.txt"), labelled.Bytes(), 0o600))
}

// fastTextModel is how a model is learned.
type fastTextModel struct {
	name string
	args []string
}

var fastTextModels = []fastTextModel{
	{"words", nil},
	{"words and pairs", []string{"-wordNgrams", "2", "-bucket", "50000"}},
}

// fastText learns a model, and returns the command that predicts with it.
func (b *bench) fastText(ctx context.Context, m fastTextModel) ([]string, error) {
	program, err := exec.LookPath("fasttext")
	if err != nil {
		return nil, err
	}
	b.progress.say("fastText learns a model of %s", m.name)
	model := b.file(m.name)
	learn := append([]string{program, "supervised", "-input", b.file("labelled.txt"), "-output", model,
		"-epoch", "1", "-thread", "1", "-verbose", "0"}, m.args...)
	if _, err := runOnce(ctx, learn); err != nil {
		return nil, err
	}
	return []string{program, "predict", model + ".bin", b.file("texts.txt")}, nil
}

// ranOnce is what a process took.
type ranOnce struct {
	used time.Duration // of the processor
	peak int64         // bytes that were resident, 0 if that is not known
}

// runOnce runs a program on one core and drops what it writes.
func runOnce(ctx context.Context, run []string) (ranOnce, error) {
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, run[0], run[1:]...)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil {
		why, _ := bufio.NewReader(&said).ReadString('\n')
		return ranOnce{}, fmt.Errorf("run %s %s: %w: %s", filepath.Base(run[0]), run[1], err, strings.TrimSpace(why))
	}
	s := cmd.ProcessState
	return ranOnce{used: s.UserTime() + s.SystemTime(), peak: peakOf(s)}, nil
}

// peakOf is the most memory a process had. What this one had when it started
// the other may count as the other's: below that the peak is not known.
func peakOf(s *os.ProcessState) int64 {
	u, ok := s.SysUsage().(*syscall.Rusage)
	var own syscall.Rusage
	if !ok || syscall.Getrusage(syscall.RUSAGE_SELF, &own) != nil || u.Maxrss <= own.Maxrss {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return int64(u.Maxrss)
	}
	return int64(u.Maxrss) << 10
}
