package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"
	"golang.org/x/oauth2"

	"triage/internal/control"
	"triage/internal/ingest"
	"triage/internal/ingest/oauth"
)

// connecting is one run of triage connect.
type connecting struct {
	order
	account, redirect string
	port              int
	anyway            bool
	wait              time.Duration
}

// connectPort is where the answer is waited for unless another one is named: most
// platforms redirect only to an address that the app was registered with.
const connectPort = 8489

func connectCommand() *cobra.Command {
	c := connecting{wait: 10 * time.Minute}
	cmd := &cobra.Command{
		Use:   "connect PLATFORM",
		Short: "Let the service into an account: ask a person's consent, keep the token",
		Long: `Prints an address. Whoever manages the account opens it in a browser, signs in
there and agrees; the platform then leads the browser back to this command, which
gets the token, looks whether it does for what is configured, and keeps it sealed,
whether the service runs or not. The token is never shown. What is renewed later
is kept the same way; a token put into the configuration afterwards goes before it.

PLATFORM is google, x, facebook or instagram. The app's id and secret are taken
from the account's section. WordPress has no such consent: make an application
password there instead.

Where the browser is on another machine, either forward the port there (ssh -L
8489:127.0.0.1:8489 HOST), or paste the address at which the browser ends, even
if it shows an error, into this command's input.`,
		Example: `  triage connect google --config /etc/triage/config.toml
  triage connect facebook --account west --config /etc/triage/config.toml
  triage connect instagram --redirect https://practice.example/ --config /etc/triage/config.toml`,
		Args: oneArg("PLATFORM"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd, args[0]) },
	}
	c.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&c.account, "account", "", "the account's name in the configuration, where there are several")
	f.IntVar(&c.port, "port", connectPort, "where on this machine the answer is waited for; 0: wherever there is room")
	f.StringVar(&c.redirect, "redirect", "", "the address that the platform is told to lead back to, where it accepts none of this machine")
	f.BoolVar(&c.anyway, "anyway", false, "keep the token even if it does not do for what is configured")
	return cmd
}

// run connects an account. Whether the token could be kept is found out before
// anybody is asked.
func (c *connecting) run(cmd *cobra.Command, platform string) error {
	cfg, err := loadForOrder(c.config)
	if err != nil {
		return err
	}
	l, err := cfg.login(platform, c.account)
	if err != nil {
		return err
	}
	asked := url.Values{"platform": {platform}, "account": {l.Name}, "client": {l.options.Client}}
	if err := c.give(cmd, func(ctx context.Context, to *control.Client) error {
		return to.Call(ctx, "GET", "/grants?"+asked.Encode(), nil, nil)
	}); err != nil {
		return err
	}
	g, err := c.consent(cmd, l)
	if err != nil {
		return err
	}
	if err := c.check(cmd, l, g); err != nil {
		return err
	}
	g.Client, g.Seed = l.options.Client, oauth.SeedOf(l.options.Seed)
	if err := c.give(cmd, func(ctx context.Context, to *control.Client) error {
		return to.Call(ctx, "POST", "/grants", control.Connection{Platform: platform, Account: l.Name, Grant: g}, nil)
	}); err != nil {
		return err
	}
	return l.tell(cmd.OutOrStdout())
}

// consent asks for a person's consent and gets the grant that it gives.
func (c *connecting) consent(cmd *cobra.Command, l *login) (g ingest.Grant, err error) {
	ctx, cancel := context.WithTimeoutCause(cmd.Context(), c.wait, errNobody)
	defer cancel()
	w, err := await(ctx, c.port)
	if err != nil {
		return g, err
	}
	defer w.close()
	redirect := c.redirect
	if redirect == "" {
		redirect = w.address(l.redirectHost)
	}
	verifier := oauth2.GenerateVerifier()
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "Let %s lead back to this address; its app must be registered with it:\n  %s\n"+
		"Whoever manages the account opens this one within %.0f minutes, signs in and agrees:\n  %s\n", l.words, redirect, c.wait.Minutes(), l.app.Consent(redirect, w.state, verifier))
	if err != nil {
		return g, fmt.Errorf("print the address: %w", err)
	}
	code, err := w.code(ctx, cmd.InOrStdin(), cmd.OutOrStdout())
	if err != nil {
		return g, err
	}
	ctx = cmd.Context() // whoever agreed in the last second has agreed
	if g, err = l.app.Exchange(ctx, redirect, code, verifier); err == nil && l.finish != nil {
		g, err = l.finish(ctx, g)
	}
	if err != nil {
		return g, fmt.Errorf("%s gave no token for the consent, and nothing was connected: %w", l.words, err)
	}
	if l.renewedBy && g.Refresh == "" {
		return g, fmt.Errorf("%s gave nothing to renew the token with, and nothing was connected: withdraw the app's access in the account's settings there, then connect it again", l.words)
	}
	return g, nil
}

// check looks whether the token does for what is configured: it may be another
// account's, and the one kept so far better.
func (c *connecting) check(cmd *cobra.Command, l *login, g ingest.Grant) error {
	client, err := l.client(clientParts{log: zap.NewNop(), name: l.Name, tokens: ingest.FixedToken(g.Access)})
	if err != nil {
		return fmt.Errorf("account %s: %w", l.Name, err)
	}
	findings := client.Check(cmd.Context())
	lacks := oauth.Lacks(g, l.options.Scopes)
	if asked, ok := client.(ingest.Permitted); ok && len(lacks) == 0 { // where only another question tells
		permit, _ := asked.Permit(cmd.Context())
		lacks = permit.Lacks
	}
	if len(lacks) > 0 {
		findings = append(findings, ingest.Finding{What: "the consent leaves out permissions: " + strings.Join(lacks, ", "), Mend: "connect again and leave every permission ticked"})
	}
	for _, task := range l.lacks {
		findings = append(findings, ingest.Finding{What: "whoever consented may not " + task + " on the Page", Mend: "let somebody with full control of the Page give this task"})
	}
	err = report(cmd.OutOrStdout(), findings)
	if err == nil || c.anyway && errors.Is(err, errSaid) {
		return nil
	}
	_, _ = fmt.Fprintln(cmd.OutOrStdout(), "nothing was connected: mend this and connect again, or keep the token all the same with --anyway")
	return err
}

// tell says what was done, and what the platform may still want.
func (l *login) tell(w io.Writer) error {
	said := fmt.Sprintf("connected=%s/%s\nwhat %s may still want of you:\n", l.platform, l.Name, l.words)
	for _, needed := range l.needs {
		said += "  - " + needed + "\n"
	}
	if _, err := io.WriteString(w, said); err != nil {
		return fmt.Errorf("print what is still needed: %w", err)
	}
	return nil
}
