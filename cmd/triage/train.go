package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"triage/internal/classify"
	"triage/internal/classify/learn"
	"triage/internal/classify/learn/comments"
	"triage/internal/classify/lexicon"
	"triage/internal/classify/network"
)

func trainCommand() *cobra.Command {
	t := &training{}
	cmd := &cobra.Command{
		Use:   "train [flags] --out FILE LABELS...",
		Short: "Learn the classifier from labelled comments",
		Long: `train learns a network from labelled JSONL (fields text, d, s, c, u, p and lang, as
the labelling guideline says) and writes it as one file. The same input gives the
same file on one kind of processor. No text is in it.

A label without a text takes that of the same id in a file named by --texts.
Texts named by --written are learned from too, but say nothing about how sure the
network may be of itself: name those there that were made up for learning. A
practice adds its own decisions (triage queue export-labels) as one more file of
labels.`,
		Example: `  triage train --vectors vectors.bin --out network.bin labels.jsonl
  triage train --vectors vectors.bin --out ours.bin --written written.jsonl labels.jsonl decisions.jsonl
  triage train vectors --out vectors.bin --words words.txt reviews.jsonl.gz
  triage train nudge --out words.tsv written.jsonl`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || t.out == "" || t.vectors == "" {
				return fmt.Errorf("%w: train needs --vectors FILE, --out FILE and files of LABELS; see triage train --help", errUsage)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return t.run(cmd, args) },
	}
	cmd.Flags().StringVar(&t.vectors, "vectors", "", "word vectors, as triage train vectors writes them")
	cmd.Flags().StringVar(&t.out, "out", "", "the file to write")
	cmd.Flags().StringArrayVar(&t.written, "written", nil, "labelled JSONL of made-up texts (repeat for more)")
	cmd.Flags().StringArrayVar(&t.texts, "texts", nil, "JSONL with the texts of labels that have only an id (repeat for more)")
	cmd.Flags().StringVar(&t.name, "name", "own", "what verdicts call the network")
	cmd.Flags().IntVar(&t.shape.Filters, "filters", 128, "filters of each width, a multiple of 32; more are slower")
	cmd.Flags().IntVar(&t.shape.Epochs, "rounds", 8, "how often every text is learned from")
	cmd.Flags().Uint64Var(&t.shape.Seed, "seed", 1, "another number gives another network, about as good")
	cmd.Flags().IntVar(&t.limit, "limit", 0, "learn from so many texts of each file only (0: all)")
	cmd.AddCommand(trainVectorsCommand(), trainGateCommand(), trainNudgeCommand())
	return cmd
}

// training is one run of the command.
type training struct {
	vectors, out, name string
	written, texts     []string
	shape              learn.Shape
	limit              int

	lists *lexicon.Lists
	known map[string]string // texts by id
}

func (t *training) run(cmd *cobra.Command, files []string) error {
	if t.shape.Filters < 32 || t.shape.Filters%32 != 0 || t.shape.Filters > 512 || t.shape.Epochs < 1 {
		return fmt.Errorf("%w: --filters is a multiple of 32 up to 512, --rounds at least 1", errUsage)
	}
	if err := readable(slices.Concat(files, t.written, t.texts)); err != nil {
		return err
	}
	b, err := os.ReadFile(t.vectors)
	if err != nil {
		return fmt.Errorf("read vectors: %w", err)
	}
	v, err := learn.ReadVectors(b)
	if err != nil {
		return err
	}
	examples, err := t.examples(files)
	if err != nil {
		return err
	}
	p := newProgress(cmd.ErrOrStderr())
	l := &comments.Learner{Vectors: v, Shape: t.shape, Name: t.name, Progress: func(done float64) { p.say("learning from %d texts: %.0f%%", len(examples), 100*done) }}
	out, err := l.Network(examples)
	p.clear()
	if err != nil {
		return err
	}
	if _, err := network.Load(out); err != nil {
		return err
	}
	if err := os.WriteFile(t.out, out, 0o644); err != nil {
		return fmt.Errorf("write network: %w", err)
	}
	_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "learned from %d texts; %s has %d bytes\n", len(examples), t.out, len(out))
	return nil
}

func (t *training) examples(files []string) ([]comments.Example, error) {
	var err error
	if t.lists, err = lexicon.Load(); err != nil {
		return nil, err
	}
	t.known = map[string]string{}
	for _, f := range t.texts {
		err := eachLine(f, func(raw []byte) error {
			var s struct{ ID, Text string }
			if err := json.Unmarshal(raw, &s); err != nil {
				return err
			}
			t.known[s.ID] = s.Text
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	var all []comments.Example
	for i, f := range slices.Concat(files, t.written) {
		from := len(all)
		err := eachLine(f, func(raw []byte) error {
			if t.limit > 0 && len(all)-from >= t.limit {
				return nil
			}
			e, err := t.example(raw)
			e.Written = i >= len(files)
			all = append(all, e)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// sample is a labelled text, with the fields of the labelling guideline.
type sample struct {
	ID         string   `json:"id"`
	Text       string   `json:"text"`
	Level      *int     `json:"d"`
	Subject    string   `json:"s"`
	Kinds      []string `json:"c"`
	Urgent     int      `json:"u"`
	Identifier int      `json:"p"`
	Lang       string   `json:"lang"`
}

func (t *training) example(raw []byte) (comments.Example, error) {
	var s sample
	if err := json.Unmarshal(raw, &s); err != nil || s.Level == nil || *s.Level < 0 || *s.Level > 2 {
		return comments.Example{}, errors.New("labels wanted: d of 0, 1 or 2, s, c, u and p")
	}
	if s.Text == "" {
		s.Text = t.known[s.ID]
	}
	if s.Text == "" {
		return comments.Example{}, errors.New("neither a text nor one of this id in the files of --texts")
	}
	e := comments.Example{Tokens: t.lists.Inputs(s.Text, s.Lang), Labels: comments.Labels{Level: *s.Level, Urgent: s.Urgent == 1, ID: s.Identifier == 1}}
	if e.Unsaid = s.Subject == ""; e.Unsaid { // as people label in the desk
		s.Subject = string(classify.Nobody)
	}
	if e.Subject = slices.Index(classify.Subjects[:], classify.Subject(s.Subject)); e.Subject < 0 {
		return e, fmt.Errorf("s is %q; want self, family, other or none", s.Subject)
	}
	for _, k := range s.Kinds {
		i := slices.Index(classify.Kinds[:], classify.Kind(k))
		if i < 0 {
			return e, errors.New("c has a kind that the labelling guideline does not know")
		}
		e.Kinds[i] = true
	}
	return e, nil
}

// eachLine calls f with every line of a JSONL file, compressed or not.
func eachLine(path string, f func(raw []byte) error) error {
	rs, err := openRecords(path, os.Stdin, "", "")
	if err != nil {
		return err
	}
	defer func() { _ = rs.Close() }()
	for {
		rec, err := rs.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil && rec.Raw == nil {
			err = errors.Join(rec.Err, errors.New("JSONL wanted"))
		}
		if err == nil {
			err = f(rec.Raw)
		}
		if err != nil {
			return fmt.Errorf("read %s: line %d: %w", name(path), rec.Line, err)
		}
	}
}
