package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"triage/internal/control"
	"triage/internal/people"
)

func userCommand() *cobra.Command {
	var o order
	cmd := &cobra.Command{
		Use:   "user",
		Short: "Say who may use the desk",
		Long: `Adds people, lets them choose a password by a link or gives them one, helps who
lost a telephone, ends sessions, shuts people out: at once, whether the service runs or
not. Links, passwords and codes are printed once, and kept only as hashes.

Roles: viewer sees the queue; reviewer reveals and decides; privacy officer may
also leave online what the rules refuse, erase, read the audit and change
settings; admin may do everything.`,
		Example: `  triage user add priya --role reviewer --invite --config /etc/triage/config.toml
  triage user invite priya                 she forgot her password
  triage user totp priya --off             she lost her telephone
  triage user sessions priya --end         she left a computer signed in
  triage user passwd admin --config /etc/triage/config.toml
  triage user disable marta --as admin --config /etc/triage/config.toml
  triage user list --config /etc/triage/config.toml`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	o.flags(cmd)
	cmd.AddCommand(userAdd(&o), userInvite(&o), userPasswd(&o), userTOTP(&o), userSessions(&o), userDisable(&o), userList(&o))
	return cmd
}

func userAdd(o *order) *cobra.Command {
	role, invite := "reviewer", false
	cmd := &cobra.Command{
		Use: "add NAME", Short: "Add a person and print her first password, or a link", Args: oneName,
		RunE: func(cmd *cobra.Command, args []string) error {
			r, ok := people.ParseRole(role)
			if !ok {
				return fmt.Errorf("%w: --role %q: want viewer, reviewer, officer or admin", errUsage, role)
			}
			return o.login(cmd, "/users", control.NewUser{Name: args[0], Role: r, Invite: invite})
		},
	}
	cmd.Flags().StringVar(&role, "role", role, "viewer, reviewer, officer (privacy officer) or admin")
	cmd.Flags().BoolVar(&invite, "invite", false, "print a link by which she chooses her password herself")
	return cmd
}

func userInvite(o *order) *cobra.Command {
	return &cobra.Command{
		Use: "invite NAME", Short: "Print a link by which a person chooses a new password", Args: oneName,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.login(cmd, "/users/invite", control.User{Name: args[0]})
		},
	}
}

func userPasswd(o *order) *cobra.Command {
	return &cobra.Command{
		Use: "passwd NAME", Short: "Give a person a new password; her sessions end", Args: oneName,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.login(cmd, "/users/passwd", control.User{Name: args[0]})
		},
	}
}

// login gives an order that is answered by a login, and prints it.
func (o *order) login(cmd *cobra.Command, path string, u any) error {
	return o.give(cmd, func(ctx context.Context, c *control.Client) error {
		var l control.Login
		if err := c.Call(ctx, "POST", path, u, &l); err != nil {
			return err
		}
		if l.Link == "" {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "login=%s %s\n", l.Name, l.Password)
			return err
		}
		_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "Give this link to %s on a way that only she reads. It is good once, until %s.\n",
			l.Name, l.Ends.Local().Format("Mon 15:04"))
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "link=%s\n", l.Link)
		return err
	})
}

func userDisable(o *order) *cobra.Command {
	back := false
	cmd := &cobra.Command{
		Use: "disable NAME", Short: "Shut a person out, at once", Args: oneName,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.give(cmd, func(ctx context.Context, c *control.Client) error {
				return c.Call(ctx, "POST", "/users/disable", control.User{Name: args[0], Disabled: !back}, nil)
			})
		},
	}
	cmd.Flags().BoolVar(&back, "undo", false, "let her in again")
	return cmd
}

func userList(o *order) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List who may use the desk", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.give(cmd, func(ctx context.Context, c *control.Client) error {
				var all []control.User
				if err := c.Call(ctx, "GET", "/users", nil, &all); err != nil {
					return err
				}
				w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
				for _, u := range all {
					_, _ = fmt.Fprintf(w, "%s\t%s\t%s\n", u.Name, u.Role, accessOf(u))
				}
				return w.Flush()
			})
		},
	}
}

// accessOf is what else there is to know of a user.
func accessOf(u control.User) string {
	if u.Disabled {
		return "disabled"
	}
	var known []string
	if len(u.Second) > 0 {
		known = append(known, "with "+strings.Join(u.Second, " and "))
	}
	if u.Invited {
		known = append(known, "invited")
	}
	return strings.Join(known, ", ")
}

// oneName wants exactly one name.
func oneName(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("%w: %s takes one NAME", errUsage, cmd.CommandPath())
	}
	return nil
}
