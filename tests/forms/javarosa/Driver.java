/*
 * Loads XForms into JavaRosa, puts records into them and prints the state of every leaf.
 *
 * Standard input, one order a line: "form FILE" loads a form, "record FILE" puts a record into it. For a record
 * it prints one line a leaf, path TAB relevant TAB required TAB constraint TAB value (URL-encoded), then "end".
 */
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.data.IAnswerData;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.model.instance.TreeElement;
import org.javarosa.core.model.instance.TreeReference;
import org.javarosa.model.xform.XFormsModule;
import org.javarosa.xform.parse.XFormParser;
import org.javarosa.xform.util.XFormAnswerDataSerializer;
import org.javarosa.xform.util.XFormUtils;

public class Driver {
    private static final PrintStream OUT = System.out;
    private static FormDef form;
    private static TreeElement blank;

    public static void main(String[] arguments) throws Exception {
        PrintStream quiet = new PrintStream(new java.io.OutputStream() { public void write(int sign) { } });
        System.setOut(quiet);
        System.setErr(quiet);
        new XFormsModule().registerModule();
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            String file = order.substring(order.indexOf(' ') + 1);
            try {
                if (order.startsWith("form ")) load(file);
                else fill(file);
            } catch (Throwable error) {
                OUT.println("error\t" + encoded(String.valueOf(error)));
            }
            OUT.println("end");
            OUT.flush();
        }
    }

    private static void load(String file) throws Exception {
        form = XFormUtils.getFormFromInputStream(new FileInputStream(file));
        form.initialize(true, new InstanceInitializationFactory());
        blank = form.getMainInstance().getRoot().deepCopy(true);
    }

    private static void fill(String file) throws Exception {
        byte[] record = Files.readAllBytes(Paths.get(file));
        TreeElement saved = XFormParser.restoreDataModel(record, null).getRoot();
        TreeElement root = blank.deepCopy(true);
        root.populate(saved, form);
        form.getMainInstance().setRoot(root);
        form.initialize(false, new InstanceInitializationFactory());
        form.postProcessInstance();
        print(form.getMainInstance().getRoot());
    }

    private static void print(TreeElement node) throws Exception {
        if (node.getMult() == TreeReference.INDEX_TEMPLATE) return;
        if (node.getNumChildren() > 0) {
            for (int at = 0; at < node.getNumChildren(); at++) print(node.getChildAt(at));
            return;
        }
        if (node.isRepeatable()) return;
        IAnswerData data = node.getValue();
        boolean right = data == null || form.evaluateConstraint(node.getRef(), data);
        Object text = data == null ? "" : new XFormAnswerDataSerializer().serializeAnswerData(data, node.getDataType());
        OUT.println(path(node) + "\t" + node.isRelevant() + "\t" + node.isRequired() + "\t" + right + "\t" + encoded(String.valueOf(text)));
    }

    private static String path(TreeElement node) {
        TreeReference reference = node.getRef();
        return reference.toString(true);
    }

    private static String encoded(String text) throws Exception {
        return URLEncoder.encode(text, "UTF-8");
    }
}
