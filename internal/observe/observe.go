// Package observe is what an operator sees of a running line: its log, its
// metrics and its health. It promises that nothing a caller said, and nothing
// that leads to her, is among it, whatever the code around it hands over.
//
// The promise does not rest on care at each call. The log knows a list of keys
// and what shape the value of each has, and drops the rest; an error shows what
// kinds of failure it is made of and those words of its text that stand in our own
// source; net/http's lines lose addresses and panic values; a metric's labels have
// values that were listed when it was made. What is dropped is counted, in the
// line itself and in freeline_log_withheld_total.
package observe

// Withheld is what stands where something was not shown.
const Withheld = "[withheld]"
