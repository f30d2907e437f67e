// Package routing decides who is offered which contact, and when.
//
// The first look finds words of danger, of a minor and of the path in what comes
// in, and keeps codes only. The urgency rules make a class of the codes; the
// hours say whether the line is open; the fit says who may be asked. These are
// plain functions over facts: they read no database and no clock, and the same
// facts give the same answer. First-look lists, urgency rules and hours are
// editions: what is shipped is a draft that nobody has reviewed.
package routing

import "github.com/freeline-org/freeline/internal/hotline"

// Info is the path of somebody who asks for information, training or a job check.
// It stands beside the paths of package hotline, and is stored like them.
const Info hotline.Path = "info"
