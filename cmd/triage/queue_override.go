package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"triage/internal/respond"
)

func queueOverride(o *order) *cobra.Command {
	var d decision
	cmd := &cobra.Command{
		Use: "override CASE --reason CODE --note TEXT", Short: "Let out, or leave online, what the check refuses", Args: caseAnd(),
		Long: `For privacy officers. The reason and the note are kept: the code in the history, the
note sealed. Where the practice wants four eyes (review.four_eyes) it is a proposal
until a second person confirms it. Nobody can let out a text with hidden characters,
or one that is too long.

Reasons: ` + codes(respond.Overrides()),
		Example: `  triage queue override ufqkhlrxqbwjf3h2jczq --text-file reply.txt --reason consent --note "She agreed in writing." --as dana
  triage queue override ufqkhlrxqbwjf3h2jczq --leave --reason misread --note "It is about the building." --as dana`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := d.read(cmd); err != nil {
				return err
			}
			if d.Override == "" || d.Note == "" {
				return fmt.Errorf("%w: give --reason, one of %s, and --note", errUsage, codes(respond.Overrides()))
			}
			if d.Leave == (d.Reply != "" || d.Private != "") {
				return fmt.Errorf("%w: give the text that is to go out, or --leave for our own words that are online", errUsage)
			}
			return d.give(cmd, o, "override", args[0])
		},
	}
	d.texts(cmd)
	cmd.Flags().BoolVar(&d.Leave, "leave", false, "leave our own words online")
	cmd.Flags().StringVar(&d.Override, "reason", "", "the reason's code")
	cmd.Flags().StringVar(&d.Note, "note", "", "why, in a sentence; it is kept sealed")
	return d.flags(cmd)
}

func queueConfirm(o *order) *cobra.Command {
	var d decision
	return d.flags(&cobra.Command{
		Use: "confirm CASE --step N", Short: "Confirm, as the second person, what somebody proposed", Args: caseAnd(),
		Long: `Confirms what triage queue show told of, at the step that it told: if somebody
proposed other words since, nothing is done.`,
		Example: `  triage queue confirm ufqkhlrxqbwjf3h2jczq --step 3 --as otto`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if d.Step < 1 {
				return fmt.Errorf("%w: give --step, which triage queue show %s tells with what is proposed", errUsage, args[0])
			}
			return d.give(cmd, o, "confirm", args[0])
		},
	})
}

func queueWithdraw(o *order) *cobra.Command {
	var d decision
	cmd := &cobra.Command{
		Use: "withdraw CASE", Short: "Take back what somebody proposed", Args: caseAnd(),
		RunE: func(cmd *cobra.Command, args []string) error { return d.give(cmd, o, "withdraw", args[0]) },
	}
	cmd.Flags().BoolVar(&d.raw, "json", false, "print JSON")
	return cmd
}
