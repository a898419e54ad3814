package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"triage/internal/classify/lexicon"
	"triage/internal/nudge"
)

func trainNudgeCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "nudge --out FILE LABELS...",
		Short: "Learn the word list of the nudge",
		Long: `nudge learns from labelled JSONL (fields text, d and lang) which words speak for
medical detail, and writes them with their points. The list goes into a script that
everybody can read: learn it from texts that were made up. Words that the texts write
with a capital more often than not and no list of the classifier has are names and
are left out. The same input gives the same file on one kind of processor.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || out == "" {
				return fmt.Errorf("%w: train nudge needs --out FILE and files of LABELS; see triage train nudge --help", errUsage)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			l, f, err := learnNudge(args)
			if err != nil {
				return err
			}
			if err := os.WriteFile(out, l.Encode(), 0o644); err != nil {
				return fmt.Errorf("write list: %w", err)
			}
			_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "%d words; of texts it was not learned from it holds %.0f%% of the clear ones and %.0f%% of the harmless ones\n",
				len(l.Points), 100*f.Found, 100*f.False)
			return nil
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "the file to write")
	return cmd
}

// learnNudge learns the list from files of labelled texts.
func learnNudge(files []string) (*nudge.List, nudge.Figures, error) {
	lists, err := lexicon.Load()
	if err != nil {
		return nil, nudge.Figures{}, err
	}
	var examples []nudge.Example
	for _, file := range files {
		err := eachLine(file, func(raw []byte) error {
			var s sample
			if err := json.Unmarshal(raw, &s); err != nil || s.Level == nil || s.Text == "" {
				return errors.New("labels wanted: text and d of 0, 1 or 2")
			}
			examples = append(examples, nudge.Example{Text: s.Text, Lang: s.Lang, Level: *s.Level})
			return nil
		})
		if err != nil {
			return nil, nudge.Figures{}, err
		}
	}
	return nudge.Learn(examples, func(lang, word string) bool { return lists.Knows(lexicon.Prefixes(lang)[0] + word) })
}
