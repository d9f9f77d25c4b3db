// Package lexical finds chunks by their words: text analysis and an inverted index in memory that ranks by BM25F.
//
// An Index is a list of immutable segments, as in Lucene: every update makes a new list that searches see at once and
// whole, so that no search ever finds half of a document and none waits for a writer. A segment holds its postings as
// delta-coded bytes (some two bytes a posting) and can be written to and read from storage as it is.
package lexical
