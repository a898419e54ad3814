package main

import (
	"context"
	"fmt"
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
		Long: `Adds people, gives them new passwords, shuts them out, at once, whether the
service runs or not. A password is made, printed once, and kept only as a hash.

Roles: viewer sees the queue; reviewer reveals and decides; privacy officer may
also leave online what the rules refuse, erase, read the audit and change
settings; admin may do everything.`,
		Example: `  triage user add priya --role reviewer --config /etc/triage/config.toml
  triage user passwd admin --config /etc/triage/config.toml
  triage user disable marta --as admin --config /etc/triage/config.toml
  triage user list --config /etc/triage/config.toml`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	o.flags(cmd)
	cmd.AddCommand(userAdd(&o), userPasswd(&o), userDisable(&o), userList(&o))
	return cmd
}

func userAdd(o *order) *cobra.Command {
	role := "reviewer"
	cmd := &cobra.Command{
		Use: "add NAME", Short: "Add a person and print her first password", Args: oneName,
		RunE: func(cmd *cobra.Command, args []string) error {
			r, ok := people.ParseRole(role)
			if !ok {
				return fmt.Errorf("%w: --role %q: want viewer, reviewer, officer or admin", errUsage, role)
			}
			return o.login(cmd, "/users", control.User{Name: args[0], Role: r})
		},
	}
	cmd.Flags().StringVar(&role, "role", role, "viewer, reviewer, officer (privacy officer) or admin")
	return cmd
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
func (o *order) login(cmd *cobra.Command, path string, u control.User) error {
	return o.give(cmd, func(ctx context.Context, c *control.Client) error {
		var l control.Login
		if err := c.Call(ctx, "POST", path, u, &l); err != nil {
			return err
		}
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "login=%s %s\n", l.Name, l.Password)
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
					state := ""
					if u.Disabled {
						state = "disabled"
					}
					_, _ = fmt.Fprintf(w, "%s\t%s\t%s\n", u.Name, u.Role, state)
				}
				return w.Flush()
			})
		},
	}
}

// oneName wants exactly one name.
func oneName(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("%w: %s takes one NAME", errUsage, cmd.CommandPath())
	}
	return nil
}
