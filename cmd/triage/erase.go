package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"triage/internal/control"
)

func eraseCommand() *cobra.Command {
	var o order
	var what control.Erase
	var author, before string
	cmd := &cobra.Command{
		Use:   "erase (--comment ID | --author PLATFORM/ID | --before DAY)",
		Short: "Erase for good what somebody wrote",
		Long: `Erases comments from the store so that nothing can bring them back: the texts,
the keys under which they were sealed, their events, and what their cases knew of
them. A mark stays, so that they are not read again and never answered; and the
fact stays in the audit.

It changes nothing on the platform. Old backups hold the sealed text, and not the
key, if the keys part of the backups is kept for few days only.

--comment takes the id in a case's address. --author takes the platform's id of
the person, as her profile or her request gives it. --before takes a day: what was
read before it goes, open cases too. Needs a privacy officer or an admin: --as USER.`,
		Example: `  triage erase --comment ufqkhlrxqbwjf3h2jczq --as dana --config /etc/triage/config.toml
  triage erase --author facebook/10158112233 --as dana --config /etc/triage/config.toml
  triage erase --before 2026-01-01 --as dana --config /etc/triage/config.toml`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if what.Before, err = parseDay(before, false); err != nil {
				return fmt.Errorf("%w: --before: %v", errUsage, err)
			}
			what.Platform, what.Author, _ = strings.Cut(author, "/")
			given := 0
			for _, is := range []bool{what.Comment != "", what.Author != "", before != ""} {
				if is {
					given++
				}
			}
			if given != 1 {
				return fmt.Errorf("%w: give one of --comment ID, --author PLATFORM/ID and --before DAY", errUsage)
			}
			return o.give(cmd, func(ctx context.Context, c *control.Client) error { return erase(ctx, cmd, c, what) })
		},
	}
	o.flags(cmd)
	cmd.Flags().StringVar(&what.Comment, "comment", "", "the id of a comment")
	cmd.Flags().StringVar(&author, "author", "", "everything of this person, as PLATFORM/ID")
	cmd.Flags().StringVar(&before, "before", "", "everything read before this day, such as 2026-01-31")
	return cmd
}

func erase(ctx context.Context, cmd *cobra.Command, c *control.Client, what control.Erase) error {
	var last control.Erased
	show := newProgress(cmd.ErrOrStderr())
	err := c.Lines(ctx, "/erase", what, func(line []byte) error {
		if err := json.Unmarshal(line, &last); err != nil {
			return err
		}
		show.say("looked at %d comments, erased %d", last.Looked, last.Erased)
		return nil
	})
	show.clear()
	if err == nil && last.Error != "" {
		err = errors.New(last.Error)
	}
	if err == nil && !last.Done {
		err = errors.New("the service stopped on the way: give the command again, what is erased stays erased")
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "erased=%d\n", last.Erased)
	return err
}
