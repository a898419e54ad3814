package office

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"triage/internal/audit"
	"triage/internal/review/page"
	"triage/internal/settings"
)

// confirmed is what the audit says of it.
const confirmed = "setting-confirmed"

// ConfirmSetting puts in force what somebody else proposed.
func (p *Pages) ConfirmSetting(w http.ResponseWriter, r *http.Request) error {
	return p.settle(w, r, confirmed, p.Settings.Confirm)
}

// WithdrawSetting takes back what is proposed.
func (p *Pages) WithdrawSetting(w http.ResponseWriter, r *http.Request) error {
	return p.settle(w, r, "setting-withdrawn", p.Settings.Withdraw)
}

func (p *Pages) settle(w http.ResponseWriter, r *http.Request, do string, how func(context.Context, settings.Change) error) error {
	if err := page.Form(r); err != nil {
		return err
	}
	l, ok := p.list()[r.PathValue("name")]
	if !ok {
		return page.ErrNowhere
	}
	version, err := strconv.ParseUint(r.PostFormValue("version"), 10, 64)
	if err != nil {
		return page.ErrForm
	}
	switch me := page.VisitOf(r).User.Name; {
	case l.Proposed == nil:
		return errProposal
	case do == confirmed && l.Proposed.By == me:
		return errSecond
	}
	c := settings.Change{Name: l.Name, By: page.VisitOf(r).User.Name, Version: version}
	to := l.Proposed.Value
	if l.Proposed.FromFile {
		to = "from-file"
	}
	note := short("proposed by " + l.Proposed.By + ": " + to)
	err = p.Recorded(r, audit.Act{Do: do, On: l.Name, Note: note}, func(ctx context.Context) error { return how(ctx, c) })
	switch {
	case errors.Is(err, settings.ErrConflict), errors.Is(err, settings.ErrNothingProposed):
		return errProposal
	case err != nil:
		return err
	}
	http.Redirect(w, r, "/settings?changed="+url.QueryEscape(l.Name), http.StatusSeeOther)
	return nil
}

var (
	errProposal = &page.Refusal{Status: http.StatusConflict, Title: "Somebody was faster",
		Say: "This is not proposed any more: somebody changed, confirmed or withdrew it meanwhile. Nothing was changed by you. Look at the settings again."}
	errSecond = &page.Refusal{Status: http.StatusForbidden, Title: "A second person is needed",
		Say: "You proposed this yourself. Somebody else who may change settings has to confirm it."}
)
