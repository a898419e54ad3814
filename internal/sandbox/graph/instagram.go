package graph

import (
	"net/http"
	"slices"

	"triage/internal/sandbox/board"
)

// instagram answers for the account, its media and its comments.
func (c *call) instagram() (any, *graphError) {
	out, err := c.professional()
	return out, c.instagramError(err)
}

// instagramError gives an error the type that Instagram's have.
func (c *call) instagramError(err *graphError) *graphError {
	if err != nil && (err.Type == "OAuthException" || c.kind == instagramToken) {
		err.Type = "IGApiException"
	}
	return err
}

func (c *call) professional() (any, *graphError) {
	basic := "instagram_basic"
	if c.kind == instagramToken {
		basic = "instagram_business_basic"
	}
	if !c.linked() || c.path[0] == c.scopedID() && c.kind != instagramToken {
		return nil, errMissing(c.path[0])
	}
	if err := c.need(10, basic); err != nil {
		return nil, err
	}
	if c.path[0] != c.opt.InstagramID && c.path[0] != c.scopedID() {
		return c.object(c.board.ByID[c.path[0]])
	}
	fields, err := parseFields(c.args["fields"])
	switch {
	case err != nil:
		return nil, err
	case len(c.path) == 2 && c.path[1] == "messages" && c.method == http.MethodPost:
		return c.sendDirect()
	case c.method != http.MethodGet || len(c.path) > 2:
		return nil, unsupported(c.method)
	case len(c.path) == 2 && c.path[1] == "media":
		return c.media(c.args, fields)
	case len(c.path) == 2:
		return nil, errField(c.path[1], "IGUser")
	}
	out, err := c.account(fields)
	if err == nil && c.kind == instagramToken && c.on("me") == "data" {
		return map[string]any{"data": []any{out}}, nil
	}
	return out, err
}

// linked reports whether the account can be reached with the token: a personal one
// cannot at all, and with the Page's only the one that is linked to it.
func (c *call) linked() bool {
	if c.kind == instagramToken {
		return true
	}
	return c.Graph.on(instagram, "linked") == "yes" && c.Graph.on(instagram, "account") != "PERSONAL"
}

// account gives the asked fields of the account.
func (c *call) account(fields []field) (map[string]any, *graphError) {
	id := c.opt.InstagramID
	if c.kind == instagramToken {
		id = c.scopedID()
	}
	return show(id, fields, c.accountField)
}

func (c *call) accountField(f field) (any, *graphError) {
	own := c.kind == instagramToken
	switch {
	case f.name == "id" && own:
		return c.scopedID(), nil
	case f.name == "id", f.name == "user_id" && own:
		return c.opt.InstagramID, nil
	case f.name == "account_type" && own:
		return c.Graph.on(instagram, "account"), nil
	case f.name == "media":
		return unlessEmpty(c.media(f.expanded(), f.sub))
	}
	known := map[string]any{"username": c.opt.InstagramName, "name": c.opt.PageName, "biography": "Family medicine for Cedar and around.",
		"website": "https://practice.example/", "followers_count": 812, "follows_count": 40, "media_count": len(c.posts())}
	if v, ok := known[f.name]; ok {
		return v, nil
	}
	return nil, errField(f.name, "IGUser")
}

// posts are the media of the account that can be listed, newest first.
// Advertisements are in no list.
func (c *call) posts() []*board.Item {
	return c.items(func(it *board.Item) bool { return it.Platform == instagram && it.Kind == board.PagePost }, true)
}

// media answers for the list of media.
func (c *call) media(a args, fields []field) (map[string]any, *graphError) {
	if c.kind == instagramToken && c.Graph.on(instagram, "account") == "PERSONAL" {
		return nil, failed(10, 0, "(#10) Application does not have permission for this action")
	}
	slots := slices.DeleteFunc(c.posts(), func(it *board.Item) bool { return !a.within(it.Created) || c.lost(instagram, "posts") })
	return c.edge(list{slots: slots, path: c.opt.InstagramID + "/media", args: a, most: 100, bare: c.bare(),
		show: func(it *board.Item) (map[string]any, *graphError) { return c.renderMedia(it, fields) }})
}

// bare reports whether the last page says nothing about paging.
func (c *call) bare() bool { return c.Graph.on(instagram, "last-page") == "bare" }

// object answers for a media or a comment.
func (c *call) object(it *board.Item) (any, *graphError) {
	if c.board.Gone(it) || withheld(it) || !c.sees(it) {
		return nil, errMissing(c.path[0])
	}
	if c.method != http.MethodGet {
		return c.moderate(it)
	}
	fields, err := parseFields(c.args["fields"])
	switch {
	case err != nil:
		return nil, err
	case len(c.path) == 1 && it.Kind != "":
		return c.renderMedia(it, fields)
	case len(c.path) == 1:
		if err := c.mayComment(10); err != nil {
			return nil, err
		}
		return c.renderReply(it, fields)
	case len(c.path) == 2 && c.path[1] == edgeOf(it):
		return c.thread(it, c.args, fields)
	}
	return nil, errField(c.path[1], "IGMedia")
}

// manages reports whether the token is the Page's or the account's.
func (c *call) manages() bool { return c.kind == pageToken || c.kind == instagramToken }

// sees reports whether the token may see a media or comment.
func (c *call) sees(it *board.Item) bool {
	if it.Kind != "" {
		return !c.lost(instagram, "posts")
	}
	return c.manages() && !c.lost(instagram, "items")
}

// edgeOf is what stands below it.
func edgeOf(it *board.Item) string {
	if it.Kind == "" {
		return "replies"
	}
	return "comments"
}

// withheld: what restricted people write is not shown until it is approved.
func withheld(it *board.Item) bool { return it.More["restricted"] == "true" }

// renderMedia gives the asked fields of a media: only its id unless said.
func (c *call) renderMedia(it *board.Item, fields []field) (map[string]any, *graphError) {
	return show(it.ID, fields, func(f field) (any, *graphError) { return c.mediaField(it, f) })
}

func (c *call) mediaField(it *board.Item, f field) (any, *graphError) {
	switch f.name {
	case "id", "ig_id":
		return it.ID, nil
	case "caption":
		if it.Text == "" {
			return nil, nil
		}
		return it.Text, nil
	case "timestamp":
		return it.Created.Format(graphTime), nil
	case "comments_count":
		return c.commented(it), nil
	case "like_count":
		return 0, nil
	case "is_comment_enabled":
		return true, nil
	case "username":
		return c.opt.InstagramName, nil
	case "owner":
		return map[string]any{"id": c.opt.InstagramID}, nil
	case "permalink":
		return "https://www.instagram.com/p/" + shortcode(it) + "/", nil
	case "shortcode":
		return shortcode(it), nil
	case "media_type":
		return "IMAGE", nil
	case "media_product_type":
		if it.Kind == board.DarkPost {
			return "AD", nil
		}
		return "FEED", nil
	case "comments":
		return unlessEmpty(c.thread(it, f.expanded(), f.sub))
	}
	return nil, errField(f.name, "IGMedia")
}

func shortcode(it *board.Item) string { return "C" + it.ID[len(it.ID)-10:] }

// commented counts comments and replies alike, also hidden ones.
func (c *call) commented(media *board.Item) int {
	return len(c.items(func(it *board.Item) bool {
		return it.Post == media.ID && it.Kind == "" && !c.board.Gone(it) && !withheld(it)
	}, false))
}
