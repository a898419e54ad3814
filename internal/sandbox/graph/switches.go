package graph

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"triage/internal/sandbox/board"
)

// The switches are explained in docs/sandbox.md.

// Permissions and tasks that a token can lack.
var (
	pageScopes = []string{"pages_show_list", "pages_read_engagement", "pages_read_user_content", "pages_manage_engagement", "pages_messaging",
		"instagram_basic", "instagram_manage_comments", "instagram_manage_messages"}
	pageTasks       = []string{"MODERATE", "MESSAGING"}
	instagramScopes = []string{"instagram_business_basic", "instagram_business_manage_comments", "instagram_business_manage_messages"}
)

// The usual values of two moments.
const (
	never    = "never"
	in90days = "in 90 days"
)

// shared are the switches that both platforms have, each for itself.
var shared = []board.Switch{
	board.Count("used", 0),
	board.Count("regain", 60),
	board.Choice("token", "good", "102", "458", "459", "460", "463", "464", "467", "492"),
	board.Moment("token-ends", never),
	board.Choice("pages", "full", "short", "gaps"),
	board.Choice("errors", "whole", "null-title", "text-code", "text", "old", "none", "html"),
	board.Choice("answers", "object", "true"),
	board.Choice("recipient", "told", "left-out"),
}

// Switches implements board.Switched.
func (f Facebook) Switches() []board.Switch {
	return slices.Concat(shared, []board.Switch{
		board.Count("calls-a-day", f.opt.Calls),
		board.Choice("limit", "80001", "32", "4", "17", "341", "613"),
		board.Choice("permission", "granted", "lost", "lost-lists", "lost-items", "lost-posts", "nameless"),
		board.Some("lacks", slices.Concat(pageScopes, pageTasks)...),
		board.Choice("targets", "page", "other", "none"),
		board.Moment("data-access-ends", in90days),
		board.Choice("proof", "optional", "required"),
		board.Choice("block", "off", "368"),
		board.Choice("private-late", "10901", "10902"),
		board.Count("total-too-big", 0),
		board.Choice("ratings", "ended", "served"),
	})
}

// Switches implements board.Switched.
func (Instagram) Switches() []board.Switch {
	return slices.Concat(shared, []board.Switch{
		board.Count("calls-a-day", 0),
		board.Choice("limit", "80002", "4", "17", "613"),
		board.Choice("permission", "granted", "lost", "lost-lists", "lost-items", "lost-posts"),
		board.Some("lacks", instagramScopes...),
		board.Span("token-age", 48*time.Hour),
		board.Choice("block", "off", "368", "4"),
		board.Choice("hidden", "listed", "left-out"),
		board.Choice("last-page", "bare", "cursors"),
		board.Choice("private-errors", "instagram", "facebook"),
		board.Choice("linked", "yes", "no"),
		board.Choice("account", "BUSINESS", "MEDIA_CREATOR", "PERSONAL"),
		board.Choice("me", "flat", "data"),
	})
}

// on gives the value of a platform's switch.
func (g *Graph) on(platform, name string) string {
	if set, ok := g.board.Settings[platform][name]; ok {
		return set
	}
	switches := Facebook{g}.Switches()
	if platform == instagram {
		switches = Instagram{g}.Switches()
	}
	for _, s := range switches {
		if s.Name == name {
			return s.Usual
		}
	}
	panic(platform + " has no switch " + name)
}

// on gives the value of a switch of the platform that is asked.
func (c *call) on(name string) string { return c.Graph.on(c.platform, name) }

func (c *call) count(name string) int {
	n, _ := strconv.Atoi(c.on(name))
	return n
}

// passed reports whether the moment of a switch is over, and gives it; zero: it has
// its usual value.
func (g *Graph) passed(platform, name string) (bool, time.Time) {
	at, err := time.Parse(time.RFC3339, g.on(platform, name))
	if err != nil {
		return false, time.Time{}
	}
	return !g.opt.now().Before(at), at
}

// lacks reports whether the caller's token was not given a permission or task.
func (c *call) lacks(scope string) bool {
	of := facebook
	if c.kind == instagramToken {
		of = instagram
	}
	return slices.Contains(strings.Split(c.Graph.on(of, "lacks"), ","), scope)
}

// need refuses what the token has no permission for.
func (c *call) need(code int, scopes ...string) *graphError {
	for _, scope := range scopes {
		if c.lacks(scope) {
			return failed(code, 0, "(#%d) This endpoint requires the '%s' permission", code, scope)
		}
	}
	return nil
}

// lost tells whether a part of what a token may see of a platform is not shown
// although it stands: lists, items or posts.
func (c *call) lost(platform, part string) bool {
	was := c.Graph.on(platform, "permission")
	if over, _ := c.passed(facebook, "data-access-ends"); over && c.kind != instagramToken {
		was = "lost"
	}
	switch was {
	case "lost":
		return part != "posts"
	case "lost-posts":
		return true
	}
	return was == "lost-"+part
}
