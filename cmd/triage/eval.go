package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"triage/internal/classify"
	"triage/internal/ingest/file"
	"triage/internal/store"
)

func evalCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "eval [flags] FILE...",
		Short: "Measure the classifier against labelled comments",
		Long: `eval judges the texts of labelled JSONL (fields text, d, s, u, p and perhaps lang,
as the labelling guideline says) and compares: precision, recall and F1 of each
level, urgent and identifier, the precision for clear where the score is set to
find 95 or 98 of 100, and how far the score is from the truth. Texts are not
shown.

Of a practice's own labels (triage queue export-labels) it also tells how often its
flags were right, how many of 100 comments that were not flagged should have been,
and how many of all that should have been were: each with an interval, and whether
there are too few labels to tell.`,
		Example: `  triage eval labels.jsonl
  triage queue export-labels --json --as dana | triage eval -
  triage eval --json reviews.jsonl comments.jsonl.gz > figures.json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("%w: eval needs a FILE of labelled JSONL; see triage eval --help", errUsage)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return evaluate(cmd, args, asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "write the figures as JSON")
	return cmd
}

// labelled is what the guideline's fields say of one text.
type labelled struct {
	Level      *int   `json:"d"`
	Urgent     int    `json:"u"`
	Identifier int    `json:"p"`
	Lang       string `json:"lang"`
	// Of a practice's own labels, see store.Labelled.
	From    string            `json:"from"`
	Weight  float64           `json:"weight"`
	Verdict store.SaidByModel `json:"verdict"`
}

func evaluate(cmd *cobra.Command, files []string, asJSON bool) error {
	c, err := classify.New(classify.Options{})
	if err != nil {
		return err
	}
	if err := readable(files); err != nil {
		return err
	}
	p := newProgress(cmd.ErrOrStderr())
	var all []outcome
	for _, f := range files {
		if all, err = evalFile(all, c, f, cmd.InOrStdin(), p); err != nil {
			return err
		}
	}
	p.clear()
	if len(all) == 0 {
		return errors.New("evaluate: no labelled comment in the input")
	}
	fig := figuresByLanguage(c.Model(), all)
	fig.Practice = practiceOf(all)
	if asJSON {
		enc := json.NewEncoder(cmd.OutOrStdout())
		enc.SetIndent("", "  ")
		return enc.Encode(fig)
	}
	return printFigures(cmd.OutOrStdout(), fig)
}

// evalFile judges one file and adds what came of it.
func evalFile(all []outcome, c *classify.Classifier, path string, stdin io.Reader, p *progress) ([]outcome, error) {
	rs, err := openRecords(path, stdin, "", "")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rs.Close() }()
	for {
		rec, err := rs.next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name(path), err)
		}
		o, err := evalRecord(c, rec)
		if err != nil {
			return nil, fmt.Errorf("evaluate %s: line %d: %w", name(path), rec.Line, err)
		}
		if all = append(all, o); len(all)%500 == 0 {
			p.show(len(all), rs.read.n, rs.size)
		}
	}
}

func evalRecord(c *classify.Classifier, rec file.Record) (outcome, error) {
	if rec.Err != nil {
		return outcome{}, rec.Err
	}
	var l labelled
	if err := json.Unmarshal(rec.Raw, &l); err != nil || l.Level == nil || *l.Level < 0 || *l.Level > 2 {
		return outcome{}, errors.New("labels wanted: d of 0, 1 or 2, and u and p of 0 or 1")
	}
	var j classify.Judgement
	c.Classify(commentOf(rec), &j)
	if l.Lang == "" {
		l.Lang = j.Lang
	}
	return outcome{l, &j}, nil
}
