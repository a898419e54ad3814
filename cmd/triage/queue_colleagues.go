package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"triage/internal/control"
	"triage/internal/respond"
)

func queueAssign(o *order) *cobra.Command {
	var d decision
	var nobody bool
	cmd := &cobra.Command{
		Use: "assign CASE NAME", Short: "Give a case to somebody to look after",
		Long: "Others may decide all the same.",
		Example: `  triage queue assign ufqkhlrxqbwjf3h2jczq marta --as priya
  triage queue assign ufqkhlrxqbwjf3h2jczq --nobody --as priya`,
		Args: func(cmd *cobra.Command, args []string) error {
			if nobody {
				return caseAnd()(cmd, args)
			}
			return caseAnd("NAME")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if !nobody {
				d.To = args[1]
			}
			return d.give(cmd, o, "assign", args[0])
		},
	}
	cmd.Flags().BoolVar(&nobody, "nobody", false, "it is nobody's in particular")
	cmd.Flags().BoolVar(&d.raw, "json", false, "print JSON")
	return cmd
}

func queueNote(o *order) *cobra.Command {
	var d decision
	cmd := &cobra.Command{
		Use: "note CASE TEXT", Short: "Leave a note for colleagues; - reads it from standard input", Args: caseAnd("TEXT"),
		Long: `A note is sealed and erased with the case's other texts. It must repeat nothing about
anybody's health, and no number that leads to a person: that is checked first.`,
		Example: `  triage queue note ufqkhlrxqbwjf3h2jczq "Called, no answer. Priya tries again tomorrow." --as marta`,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if d.Text = args[1]; args[1] == "-" {
				if d.Text, err = textOf(cmd, "-"); err != nil {
					return err
				}
			}
			return d.give(cmd, o, "note", args[0])
		},
	}
	cmd.Flags().BoolVar(&d.raw, "json", false, "print JSON")
	return cmd
}

func queueOutcome(o *order) *cobra.Command {
	var d decision
	cmd := &cobra.Command{
		Use: "outcome CASE " + strings.Join(respond.Outcomes, "|"), Short: "Say what became of it after our reply",
		Example: `  triage queue outcome ufqkhlrxqbwjf3h2jczq booked --as priya`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 || !slices.Contains(respond.Outcomes, args[1]) {
				return fmt.Errorf("%w: %s takes CASE and one of %s", errUsage, cmd.CommandPath(), strings.Join(respond.Outcomes, ", "))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			d.Code = args[1]
			return d.give(cmd, o, "outcome", args[0])
		},
	}
	cmd.Flags().BoolVar(&d.raw, "json", false, "print JSON")
	return cmd
}

// someCases takes one case or several.
func someCases(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("%w: %s takes CASE, or several", errUsage, cmd.CommandPath())
	}
	return nil
}

func queueDismiss(o *order) *cobra.Command {
	var d decision
	return d.flags(d.several(o, "dismiss", &cobra.Command{
		Use: "dismiss CASE...", Short: "Decide that nothing is to be said, which becomes a label",
		Long: `Of several cases those are left out that want a look of their own: urgent ones, our
own words, the weekly sample, and where something was done before.`,
		Example: `  triage queue dismiss ufqkhlrxqbwjf3h2jczq --as priya
  triage queue list --lane possible --json --as priya | jq -r '.cases[].id' | xargs triage queue dismiss --as priya`,
	}))
}

func queueUndo(o *order) *cobra.Command {
	var d decision
	cmd := d.several(o, "undo", &cobra.Command{
		Use: "undo CASE...", Short: "Take a decision back, as long as nothing went out",
		Long:    "Of several cases those are taken back that you dismissed yourself and nobody touched since.",
		Example: `  triage queue undo ufqkhlrxqbwjf3h2jczq --as priya`,
	})
	cmd.Flags().BoolVar(&d.raw, "json", false, "print JSON")
	return cmd
}

// several is a decision about one case, or about each of several.
func (d *decision) several(o *order, what string, cmd *cobra.Command) *cobra.Command {
	cmd.Args = someCases
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 {
			return d.give(cmd, o, what, args[0])
		}
		if d.Step != 0 {
			return fmt.Errorf("%w: --step is for one case", errUsage)
		}
		return o.give(cmd, func(ctx context.Context, c *control.Client) error {
			var out []control.Together
			if err := c.Call(ctx, "POST", "/cases/"+what, control.Decide{Cases: args}, &out); err != nil {
				return err
			}
			return eachOf(cmd, what, out, d.raw)
		})
	}
	return cmd
}

// eachOf prints what became of each; it fails if something was left out.
func eachOf(cmd *cobra.Command, what string, out []control.Together, raw bool) error {
	done := map[string]string{"dismiss": "nothing is to be said", "undo": "taken back; the case waits again"}[what]
	left := 0
	for _, t := range out {
		if t.Why != "" {
			left++
		}
		if raw {
			continue
		}
		why := t.Why
		if why == "" {
			why = done
		}
		if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", t.Case, why); err != nil {
			return err
		}
	}
	if raw {
		if err := printJSON(cmd.OutOrStdout(), out); err != nil {
			return err
		}
	}
	if left > 0 {
		return fmt.Errorf("%d of %d were left as they are", left, len(out))
	}
	return nil
}
