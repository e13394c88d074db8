//! One file a widget, its geometry a pure function.
